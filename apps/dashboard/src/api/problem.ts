import { problemSchema } from '@zerorouter/contracts';

/** A failure of a call, told as: what went wrong, where, and how to mend it. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 = there was no answer. */
    readonly status: number,
    readonly code: string,
    /** What went wrong: a sentence. */
    readonly what: string,
    /** `POST /v1/route`. */
    readonly where: string,
    /** What to do about it. */
    readonly how: string,
    /** What is wrong with which part of the request. */
    readonly errors: readonly { path: string; message: string }[] = [],
  ) {
    super(what);
    this.name = 'ApiError';
  }

  /** Whether a key, or another one, would help. */
  get needsKey(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

const ADVICE: Readonly<Record<number, string>> = {
  0: 'See that the gateway runs and that this machine reaches it, then try again.',
  401: 'Enter an API key with the scope that this page needs (the set-up prints the first one).',
  403: 'Enter an API key that has the scope "admin".',
  404: 'It may have been removed since: go back and look at the list again.',
  409: 'Something stands against it, as the message says: settle that first.',
  412: 'Somebody else changed it meanwhile: reload to see what it is now, then try again.',
  422: 'Correct what the message names, then send it again.',
  429: 'Wait a moment, then try again.',
  503: 'A part is unavailable just now: try again in a moment; /health/ready says which part.',
};

/** @param where method and path of the call, `GET /v1/models`. */
export function describeFailure(status: number, body: unknown, where: string): ApiError {
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success)
    return new ApiError(
      status,
      `http-${status}`,
      `The answer was HTTP ${status}.`,
      where,
      advice(status),
    );
  const { code, detail, errors } = parsed.data;
  return new ApiError(status, code, sentence(detail), where, advice(status), errors);
}

export function describeNoAnswer(where: string, cause: unknown): ApiError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ApiError(0, 'no-answer', `The gateway did not answer: ${reason}.`, where, advice(0));
}

/** Whatever was thrown, as something that can be shown. */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError(0, 'page-error', sentence(message), 'this page', 'Reload the page.');
}

function advice(status: number): string {
  if (status in ADVICE) return ADVICE[status]!;
  return status >= 500
    ? 'The log of the gateway says more; try again.'
    : 'Correct what the message names, then try again.';
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
