import { SessionPool } from './sessions/session-pool.js';
import { loadTextModel, type EncoderConfig } from './encoder-config.js';
import { EncoderSessionError, type EncoderIdentity } from './errors.js';
import { readWindows, tokensFeed, type TextWindows } from './text-model.js';
import { DEFAULT_MAX_WINDOWS } from './windows.js';

export interface EncoderOptions {
  /** The most windows that are read of one text; default 4. */
  readonly maxWindows?: number;
  /** Sessions side by side, a thread and a core each; default 1. */
  readonly sessions?: number;
}

/** A frozen text encoder. A text's vectors depend on that text alone, bit for bit. */
export interface Encoder extends EncoderIdentity {
  /** The most tokens that one window holds. */
  readonly maxTokens: number;
  /** The windows of token ids that `embedWindows` reads. */
  windows(text: string): TextWindows;
  /**
   * Embeddings of the text's windows, head to tail: W × dimension values, row-major.
   * @throws EncoderSessionError when onnxruntime fails or the encoder is closed.
   */
  embedWindows(text: string): Promise<Float32Array>;
  countTokens(text: string): number;
  /** Ends the threads after the runs that were begun. */
  close(): Promise<void>;
}

/**
 * Opens the configured encoder; the first time, `use-lite` builds its model (a second or two).
 * @throws EncoderConfigError when its files are missing or unsupported.
 */
export async function openEncoder(
  config: EncoderConfig,
  { maxWindows = DEFAULT_MAX_WINDOWS, sessions = 1 }: EncoderOptions = {},
): Promise<Encoder> {
  const model = await loadTextModel(config);
  const pool = await SessionPool.open(() => model.model, sessions);
  const windows = (text: string): TextWindows => readWindows(model, text, maxWindows);
  return {
    id: model.id,
    dimension: model.dimension,
    maxTokens: model.maxTokens,
    windows,
    countTokens: (text) => windows(text).tokenCount,
    async embedWindows(text) {
      const { embeddings } = await pool.run({ tokens: tokensFeed(windows(text).tokens) });
      if (embeddings === undefined) {
        throw new EncoderSessionError(`encoder ${model.id} has no output named embeddings`);
      }
      return embeddings;
    },
    close: () => pool.close(),
  };
}
