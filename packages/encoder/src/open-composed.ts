import { loadTextModel, type EncoderConfig } from './encoder-config.js';
import { composeModels } from './onnx/compose-models.js';
import type { EncoderOptions } from './open-encoder.js';
import { SessionPool } from './sessions/session-pool.js';
import type { RunOptions } from './sessions/session-pool.js';
import { readWindows, tokensFeed, type TextWindows } from './text-model.js';
import { DEFAULT_MAX_WINDOWS } from './windows.js';

/** Encoder and head in one onnxruntime session. */
export interface ComposedPredictor {
  readonly encoderId: string;
  /** Width of the embeddings between encoder and head. */
  readonly dimension: number;
  /** The windows of token ids that `run` reads. */
  windows(text: string): TextWindows;
  countTokens(text: string): number;
  /**
   * Every output of the head by name, row-major, for one text and its features.
   * @throws EncoderSessionError when onnxruntime fails or the predictor is closed.
   */
  run(
    text: string,
    features: Float32Array,
    options?: RunOptions,
  ): Promise<Record<string, Float32Array>>;
  /** Ends the threads after the runs that were begun. */
  close(): Promise<void>;
}

/**
 * Joins the configured encoder and a head into one graph and opens it.
 *
 * @param headOnnx the head: inputs `windows` float32 [W, dimension], fed by the encoder, and
 *   `features` float32 [F]; outputs float32 of any name.
 * @throws EncoderConfigError when the encoder's files are missing or unsupported; OnnxFormatError
 *   when head and encoder cannot be joined; EncoderSessionError when onnxruntime refuses the result.
 */
export async function openComposed(
  config: EncoderConfig,
  headOnnx: Uint8Array,
  { maxWindows = DEFAULT_MAX_WINDOWS, sessions = 1 }: EncoderOptions = {},
): Promise<ComposedPredictor> {
  const loading = loadTextModel(config);
  const pool = await SessionPool.open(
    async () => composeModels((await loading).model, headOnnx, { embeddings: 'windows' }),
    sessions,
  );
  const encoder = await loading;
  const windows = (text: string): TextWindows => readWindows(encoder, text, maxWindows);
  return {
    encoderId: encoder.id,
    dimension: encoder.dimension,
    windows,
    countTokens: (text) => windows(text).tokenCount,
    run: (text, features, options) =>
      pool.run(
        {
          tokens: tokensFeed(windows(text).tokens),
          features: { type: 'float32', data: features, shape: [features.length] },
        },
        options,
      ),
    close: () => pool.close(),
  };
}
