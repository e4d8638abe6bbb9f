import { resolve } from 'node:path';
import { DomainError } from '@zerorouter/contracts';
import type { EncoderConfig } from '@zerorouter/encoder';

/** The same variables as the apps': ENCODER, ENCODER_CACHE_DIR, ENCODER_POOLING, …. */
export function encoderFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): EncoderConfig {
  const name = environment['ENCODER'] || 'use-lite-int8';
  if (name === 'use-lite-int8' || name === 'use-lite-fp32')
    return {
      kind: 'use-lite',
      precision: name === 'use-lite-int8' ? 'int8' : 'fp32',
      cacheDir: cacheFolder(environment, 'encoder'),
    };
  const pooling = environment['ENCODER_POOLING'] || 'mean';
  if (pooling !== 'mean' && pooling !== 'cls')
    throw new DomainError('invalid-config', `ENCODER_POOLING="${pooling}": must be mean or cls`);
  const maxTokens = Number(environment['ENCODER_MAX_TOKENS'] || 256);
  if (!Number.isInteger(maxTokens) || maxTokens < 8)
    throw new DomainError('invalid-config', 'ENCODER_MAX_TOKENS must be a whole number from 8');
  return {
    kind: 'sentence-transformers',
    directory: resolve(name),
    pooling,
    maxTokens,
    normalize: environment['ENCODER_NORMALIZE'] === 'true',
    ...(environment['ENCODER_QUERY_PREFIX'] === undefined
      ? {}
      : { queryPrefix: environment['ENCODER_QUERY_PREFIX'] }),
  };
}

/** A folder beside the encoder's cache, `.zerorouter/` where nothing else is said. */
export function cacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): string {
  const encoder = environment['ENCODER_CACHE_DIR'];
  if (encoder) return name === 'encoder' ? resolve(encoder) : resolve(encoder, '..', name);
  return resolve(import.meta.dirname, '../../../.zerorouter', name);
}
