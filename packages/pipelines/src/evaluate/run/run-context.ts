import type { EncoderConfig } from '@zerorouter/encoder';
import type { MatrixKernel } from '@zerorouter/latent-space';
import type { ProgressListener } from '../../progress.js';
import type { EvaluationData } from '../evaluation-data.js';

/** What every step of an evaluation works with. */
export interface RunContext {
  readonly data: EvaluationData;
  readonly encoder: EncoderConfig;
  /** Embeddings of single texts between runs; null = nowhere. */
  readonly cacheDir: string | null;
  /** Temporary folder for data sets, spaces, profiles and predictions. */
  readonly workDir: string;
  readonly seed: number;
  readonly kernel: MatrixKernel;
  /** Unit embeddings of every query's first window, rows of `width`: what the baselines read. */
  readonly embeddings: Float32Array;
  readonly width: number;
  readonly onProgress: ProgressListener;
}
