import { describe, expect, it } from '@jest/globals';
import { askWithRetries, type RetryOptions } from './ask-with-retries.js';
import { ProviderError } from './provider-error.js';

const busy = (retryAfterMs: number | null = null) =>
  new ProviderError('status', 'busy', { status: 429, retryAfterMs });

const options = (more: Partial<RetryOptions> = {}): RetryOptions => ({
  attempts: 4,
  baseMs: 8,
  maxMs: 20,
  signal: new AbortController().signal,
  random: () => 0.5,
  ...more,
});

/** Fails with each error in turn, then answers with the number of calls. */
function failing(...errors: Error[]) {
  let calls = 0;
  return async () => {
    const error = errors[calls++];
    if (error !== undefined) throw error;
    return calls;
  };
}

describe('askWithRetries', () => {
  it('asks again until there is an answer, after pauses that double up to a bound', async () => {
    const waits: (number | null)[] = [];
    const answer = await askWithRetries(failing(busy(), busy(), busy()), {
      ...options(),
      onAttempt: ({ waitMs }) => waits.push(waitMs),
    });
    expect([answer, waits]).toEqual([4, [4, 8, 10]]);
  });

  it('spreads its pauses over their whole length', async () => {
    for (const [random, wait] of [
      [0, 0],
      [0.25, 2],
      [0.999, 7.992],
    ] as const) {
      const waits: (number | null)[] = [];
      await askWithRetries(failing(busy()), {
        ...options({ random: () => random }),
        onAttempt: ({ waitMs }) => waits.push(waitMs),
      });
      expect(waits).toEqual([wait]);
    }
  });

  it('gives up with the last failure when the attempts are used up', async () => {
    const told: unknown[] = [];
    const last = busy();
    const ask = askWithRetries(failing(busy(), last), {
      ...options({ attempts: 2 }),
      onAttempt: ({ attempt, waitMs }) => told.push([attempt, waitMs]),
    });
    await expect(ask).rejects.toBe(last);
    expect(told).toEqual([
      [1, 4],
      [2, null],
    ]);
  });

  it.each([401, 402, 403, 404, 400, 422])('does not ask again after a %i', async (status) => {
    const no = new ProviderError('status', 'no', { status });
    await expect(askWithRetries(failing(no), options())).rejects.toBe(no);
  });

  it('passes on what is no failure of a provider', async () => {
    const bug = new TypeError('bug');
    await expect(askWithRetries(failing(bug), options())).rejects.toBe(bug);
  });

  it('waits at least as long as the provider asks for', async () => {
    const startedAt = performance.now();
    expect(await askWithRetries(failing(busy(120)), options())).toBe(2);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(119);
  });

  it('gives up at once when the pause would outlast the deadline', async () => {
    const startedAt = performance.now();
    const last = busy(60_000);
    const deadline = Date.now() + 1_000;
    await expect(askWithRetries(failing(last), options({ deadline }))).rejects.toBe(last);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });

  it('wakes up when somebody hangs up', async () => {
    const abort = new AbortController();
    const ask = askWithRetries(failing(busy(60_000)), options({ signal: abort.signal }));
    setTimeout(() => abort.abort(), 20);
    await expect(ask).rejects.toMatchObject({ kind: 'aborted', retryable: false });
  });
});
