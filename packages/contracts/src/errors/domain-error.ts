/**
 * An expected failure. Its `code` is literal and stable, its message says what is wrong, where, and
 * how to mend it. It knows nothing of HTTP or exit codes: the edges translate.
 */
export class DomainError<Code extends string = string> extends Error {
  readonly code: Code;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: Code,
    message: string,
    options: { details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** Narrows to a domain error of whatever code; `instanceof` would leave the code's type open. */
export function isDomainError(error: unknown): error is DomainError {
  return error instanceof DomainError;
}
