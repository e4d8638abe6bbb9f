/** An encoder as a latent space names it. */
export interface EncoderIdentity {
  readonly id: string;
  readonly dimension: number;
}

/** A latent space was trained with one encoder and is about to be used with another. */
export class EncoderMismatchError extends Error {
  readonly code = 'encoder_mismatch';
  override readonly name = 'EncoderMismatchError';
  readonly expected: EncoderIdentity;
  readonly actual: EncoderIdentity;

  constructor(expected: EncoderIdentity, actual: EncoderIdentity) {
    super(
      `the latent space was trained with encoder ${expected.id} (${expected.dimension} dimensions), ` +
        `the configured encoder is ${actual.id} (${actual.dimension} dimensions): ` +
        `configure ${expected.id}, or calibrate the space again with ${actual.id}`,
    );
    this.expected = expected;
    this.actual = actual;
  }
}

/** @throws EncoderMismatchError unless `actual` is the encoder that `expected` names. */
export function assertSameEncoder(expected: EncoderIdentity, actual: EncoderIdentity): void {
  if (expected.id !== actual.id || expected.dimension !== actual.dimension) {
    throw new EncoderMismatchError(expected, actual);
  }
}

/** onnxruntime refused a model or failed in a run, or the encoder was closed. */
export class EncoderSessionError extends Error {
  readonly code = 'encoder_session';
  override readonly name = 'EncoderSessionError';
}

/** The configured encoder cannot be used: files are missing or of a kind that is not supported. */
export class EncoderConfigError extends Error {
  readonly code = 'encoder_config';
  override readonly name = 'EncoderConfigError';
}
