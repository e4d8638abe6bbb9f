import { DomainError } from '@zerorouter/contracts';
import type { QueryLatents, SpaceManifest } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import type { EncoderSettings } from '@zerorouter/platform';

/** Predicts the latents of a text in one latent space. */
export interface QueryPredictor {
  /** @param options.background = behind every text that somebody waits for. */
  predict(text: string, options?: { background?: boolean }): Promise<QueryLatents>;
  close(): Promise<void>;
}

export type OpenQueryPredictor = (options: {
  encoder: EncoderSettings;
  manifest: SpaceManifest;
  headOnnx: Uint8Array;
  sessions: number;
}) => Promise<QueryPredictor>;

/**
 * Reads a latent space from Postgres and opens its predictor on the configured encoder.
 * @throws DomainError `space-not-found`, or `encoder-mismatch` when the space was learnt with another
 *   encoder than the one that this process runs.
 */
export async function openSpacePredictor(
  spaceVersion: string,
  database: Pick<Database, 'spaces'>,
  open: OpenQueryPredictor,
  { encoder, sessions }: { encoder: EncoderSettings; sessions: number },
): Promise<QueryPredictor> {
  const [space, headOnnx] = await Promise.all([
    database.spaces.get(spaceVersion),
    database.spaces.predictorOnnx(spaceVersion),
  ]);
  if (space === null || headOnnx === null)
    throw new DomainError('space-not-found', `there is no latent space "${spaceVersion}"`);
  try {
    return await open({ encoder, manifest: space.manifest, headOnnx, sessions });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'encoder_mismatch')
      throw new DomainError(
        'encoder-mismatch',
        `${error.message} (variable ENCODER of the predictor)`,
        { cause: error },
      );
    throw error;
  }
}
