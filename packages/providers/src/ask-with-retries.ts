import { setTimeout as sleep } from 'node:timers/promises';
import { ProviderError } from './provider-error.js';

export interface RetryOptions {
  /** Calls in all, the first one included. */
  attempts: number;
  /** Upper end of the first pause; it doubles with every attempt, up to `maxMs`. */
  baseMs: number;
  maxMs: number;
  signal: AbortSignal;
  /** Ms of `Date.now()` at which the work must be over: no pause reaches past it. */
  deadline?: number;
  /** Uniform on [0, 1). */
  random: () => number;
  /** Told of every call that failed; `waitMs` is null when it was the last. */
  onAttempt?: (failed: { attempt: number; error: ProviderError; waitMs: number | null }) => void;
}

/**
 * Asks until there is an answer. Between calls it waits a random part of a pause that doubles ("full
 * jitter"), after as long as the provider asks for. It gives up with the last failure when that
 * will not change, when the attempts are used up, or when the pause would outlast the deadline.
 *
 * @throws ProviderError; whatever else `ask` throws passes at once
 */
export async function askWithRetries<T>(
  ask: (attempt: number) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const { attempts, signal, deadline = Infinity, onAttempt } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask(attempt);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      const waitMs = pause(attempt, error, options);
      const goesOn =
        error.retryable && attempt < attempts && !signal.aborted && Date.now() + waitMs < deadline;
      onAttempt?.({ attempt, error, waitMs: goesOn ? waitMs : null });
      if (!goesOn) throw error;
      await sleepUnlessAborted(waitMs, signal, error);
    }
  }
}

function pause(
  attempt: number,
  { retryAfterMs }: ProviderError,
  { baseMs, maxMs, random }: RetryOptions,
): number {
  const jitter = random() * Math.min(maxMs, baseMs * 2 ** (attempt - 1));
  return (retryAfterMs ?? 0) + jitter;
}

async function sleepUnlessAborted(
  ms: number,
  signal: AbortSignal,
  last: ProviderError,
): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    throw new ProviderError('aborted', `Given up while waiting for another try: ${last.message}`, {
      cause: last,
    });
  }
}
