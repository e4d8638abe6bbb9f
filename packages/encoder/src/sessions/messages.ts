/** What the pool and its worker threads say to each other. */
import type { BusyFlag } from './busy-flag.js';

export interface WorkerSetup {
  /** Up while the thread is in native code. */
  readonly busy: BusyFlag;
}

/** A tensor on its way in: int64 tokens or float32 features. */
export type Feed =
  | { readonly type: 'int64'; readonly data: BigInt64Array; readonly shape: readonly number[] }
  | { readonly type: 'float32'; readonly data: Float32Array; readonly shape: readonly number[] };
export type Feeds = Readonly<Record<string, Feed>>;

/** Every float32 output of the graph by name, row-major. */
export type Outputs = Record<string, Float32Array>;

export type WorkerRequest =
  /** The first: the bytes of the ONNX model. */
  | { readonly kind: 'open'; readonly model: Uint8Array }
  | { readonly kind: 'run'; readonly feeds: Feeds }
  | { readonly kind: 'close' };

export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'outputs'; readonly outputs: Outputs }
  | { readonly kind: 'failed'; readonly message: string };
