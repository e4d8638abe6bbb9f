import { ProviderError } from './provider-error.js';

export interface DeadlineOptions {
  /** Ends the call when somebody hangs up. */
  signal: AbortSignal;
  /** Ends it when this long has passed, to the last byte. */
  timeoutMs: number;
}

/**
 * Runs a call with a signal that fires on the caller's and at the deadline. Nothing is left behind on
 * the caller's signal, which may outlive a thousand calls.
 */
export async function withDeadline<T>(
  { signal, timeoutMs }: DeadlineOptions,
  who: string,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const timer = setTimeout(() => {
    end.abort(new ProviderError('timeout', `${who} did not finish within ${timeoutMs} ms`));
  }, timeoutMs);
  const hangUp = (): void => {
    end.abort(signal.reason);
  };
  signal.addEventListener('abort', hangUp, { once: true });
  if (signal.aborted) hangUp();
  try {
    return await call(end.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', hangUp);
  }
}
