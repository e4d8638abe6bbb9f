import { DomainError } from '@zerorouter/contracts';

/**
 * How a call to a provider failed. `refused`: we would not call that endpoint, or it sends elsewhere;
 * `connect`: no answer began; `timeout`: the deadline passed; `status`: an answer that says no;
 * `malformed`: an answer that cannot be read; `cut`: it ended half-way; `aborted`: we hung up.
 */
export type ProviderFailure =
  'refused' | 'connect' | 'timeout' | 'status' | 'malformed' | 'cut' | 'aborted';

export interface ProviderErrorOptions {
  /** HTTP status, where there was one. */
  status?: number;
  retryAfterMs?: number | null;
  /** For an answer that says by its text that no later call can fare better. */
  hopeless?: boolean;
  cause?: unknown;
}

/** Statuses after which the same call may yet succeed. */
const RETRYABLE_STATUSES = new Set([408, 409, 425, 429]);
/** Wrong key, no credit, not allowed, no such path or model: the deployment cannot work as it is. */
const FATAL_STATUSES = new Set([401, 402, 403, 404]);

/** A call to a provider that brought no usable answer. Its message holds no key. */
export class ProviderError extends DomainError<'provider-failed'> {
  readonly kind: ProviderFailure;
  readonly status: number | null;
  /** What the provider asked for; null = it did not say. */
  readonly retryAfterMs: number | null;
  /** Whether the same call may succeed later. */
  readonly retryable: boolean;
  /** Whether no call of this deployment can succeed before somebody mends it. */
  readonly fatal: boolean;

  constructor(kind: ProviderFailure, message: string, options: ProviderErrorOptions = {}) {
    const { status = null, retryAfterMs = null, hopeless = false } = options;
    super('provider-failed', message, {
      details: { kind, status },
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    });
    this.name = 'ProviderError';
    this.kind = kind;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.retryable = !hopeless && isRetryable(kind, status);
    this.fatal = hopeless || kind === 'refused' || (status !== null && FATAL_STATUSES.has(status));
  }
}

function isRetryable(kind: ProviderFailure, status: number | null): boolean {
  switch (kind) {
    case 'connect':
    case 'timeout':
    case 'malformed':
    case 'cut':
      return true;
    case 'status':
      return status !== null && (status >= 500 || RETRYABLE_STATUSES.has(status));
    case 'refused':
    case 'aborted':
      return false;
  }
}
