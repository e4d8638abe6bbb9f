export { ensureEncoder, type EncoderConfig } from './encoder-config.js';
export {
  assertSameEncoder,
  EncoderConfigError,
  EncoderMismatchError,
  EncoderSessionError,
  type EncoderIdentity,
} from './errors.js';
export { composeModels, type ComposeOptions } from './onnx/compose-models.js';
export {
  GraphBuilder,
  type Attribute,
  type Attributes,
  type Dimension,
} from './onnx/graph-builder.js';
export { OnnxFormatError } from './onnx/model-proto.js';
export { openComposed, type ComposedPredictor } from './open-composed.js';
export type { RunOptions } from './sessions/session-pool.js';
export { openEncoder, type Encoder, type EncoderOptions } from './open-encoder.js';
export type { TextWindows } from './text-model.js';
export { cutWindows, DEFAULT_MAX_WINDOWS, MAX_TEXT_LENGTH } from './windows.js';
export { openMatrixKernel } from './matrix-kernel.js';
export { writePredictorHead, type PredictorHead } from './predictor-head.js';
