import { resolve } from 'node:path';
import type { Config } from './variables.js';

/** Which encoder to open, in the form that the encoder package takes. */
export type EncoderSettings =
  | { kind: 'use-lite'; precision: 'int8' | 'fp32'; cacheDir: string }
  | {
      kind: 'sentence-transformers';
      directory: string;
      pooling: 'mean' | 'cls';
      maxTokens: number;
      normalize: boolean;
      queryPrefix?: string;
    };

type EncoderVariables = Pick<
  Config,
  | 'ENCODER'
  | 'ENCODER_CACHE_DIR'
  | 'ENCODER_POOLING'
  | 'ENCODER_MAX_TOKENS'
  | 'ENCODER_NORMALIZE'
  | 'ENCODER_QUERY_PREFIX'
>;

export function encoderSettings(config: EncoderVariables): EncoderSettings {
  const precision = /^use-lite-(int8|fp32)$/.exec(config.ENCODER)?.[1];
  if (precision === 'int8' || precision === 'fp32')
    return {
      kind: 'use-lite',
      precision,
      cacheDir: resolve(config.ENCODER_CACHE_DIR ?? '.zerorouter/encoder'),
    };
  return {
    kind: 'sentence-transformers',
    directory: resolve(config.ENCODER),
    pooling: config.ENCODER_POOLING,
    maxTokens: config.ENCODER_MAX_TOKENS,
    normalize: config.ENCODER_NORMALIZE === 'true',
    ...(config.ENCODER_QUERY_PREFIX === undefined
      ? {}
      : { queryPrefix: config.ENCODER_QUERY_PREFIX }),
  };
}
