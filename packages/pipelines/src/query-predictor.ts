import { DomainError } from '@zerorouter/contracts';
import type { QueryLatents, SpaceManifest } from '@zerorouter/contracts';
import type { EncoderConfig, RunOptions } from '@zerorouter/encoder';
import { assertSameEncoder, openComposed } from '@zerorouter/encoder';
import { correctItem, estimateInputTokens, textFeatures } from '@zerorouter/latent-space';
import { unpackCorrection } from './profile/packed-correction.js';

/** Maps any text into one latent space, with no model in the loop. */
export interface QueryPredictor {
  predict(text: string, options?: RunOptions): Promise<QueryLatents>;
  /** The latents, and the embedding of the text by which a domain correction finds its neighbours. */
  place(text: string, options?: RunOptions): Promise<PlacedQuery>;
  close(): Promise<void>;
}

export interface PlacedQuery {
  readonly latents: QueryLatents;
  readonly embedding: Float32Array;
}

/**
 * Opens a latent space's predictor: encoder and head in one session, and after them the corrections that
 * the space holds, in their order.
 * @throws EncoderMismatchError, which names both, when the space was learnt with another encoder;
 *   RangeError when a correction is damaged.
 */
export async function openQueryPredictor(options: {
  encoder: EncoderConfig;
  manifest: SpaceManifest;
  headOnnx: Uint8Array;
  sessions?: number;
}): Promise<QueryPredictor> {
  const { manifest } = options;
  const corrections = (manifest.domainCorrections ?? []).map(unpackCorrection);
  const composed = await openComposed(
    options.encoder,
    options.headOnnx,
    options.sessions === undefined ? {} : { sessions: options.sessions },
  );
  try {
    assertSameEncoder(manifest.encoder, {
      id: composed.encoderId,
      dimension: composed.dimension,
    });
  } catch (error) {
    await composed.close();
    throw error;
  }
  const place = async (text: string, options?: RunOptions): Promise<PlacedQuery> => {
    const outputs = await composed.run(text, textFeatures(text), options);
    // A damaged head predicts NaN, of which every probability would follow.
    for (const [name, values] of Object.entries(outputs))
      if (!values.every(Number.isFinite))
        throw new DomainError(
          'space-damaged',
          `the predictor of ${manifest.version} gives a ${name} that is no number: its weights are damaged; restore the space from a backup, or activate another`,
        );
    const embedding = outputs['embedding']!;
    let difficulty = outputs['difficulty']![0]!;
    let difficultyVariance = outputs['difficulty_variance']![0]!;
    const discrimination = Array.from(outputs['discrimination']!);
    for (const correction of corrections)
      ({ difficulty, difficultyVariance } = correctItem(
        { discrimination, difficulty, difficultyVariance },
        embedding,
        correction,
      ));
    return {
      latents: {
        discrimination,
        difficulty,
        difficultyVariance,
        logOutputTokens: outputs['log_output_tokens']![0]!,
        inputTokens: estimateInputTokens(text),
        familiarity: outputs['familiarity']![0]!,
      },
      embedding,
    };
  };
  return {
    place,
    predict: async (text, options) => (await place(text, options)).latents,
    close: () => composed.close(),
  };
}
