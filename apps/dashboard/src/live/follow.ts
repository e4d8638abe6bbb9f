import type { ServerEvent } from '../api/events.js';

/** A state of something that goes on for a while, as its `/events` tell it. */
export interface Followed<T> {
  view: T;
  /** Nothing more will come. */
  ended: boolean;
}

export interface FollowOptions<T> {
  /** Opens the stream; throws where the gateway refuses. */
  open: (signal: AbortSignal) => AsyncIterable<ServerEvent>;
  parse: (value: unknown) => T;
  signal: AbortSignal;
  /** Resolves before the next try, `attempt` = 1, 2, …; rejects where none is worth it. */
  wait: (attempt: number, reason: unknown) => Promise<void>;
}

/**
 * States as they come, until the last one. A stream that breaks off before its `end` (a gateway was
 * restarted, a proxy lost patience) is opened again: each begins with the state of now.
 */
export async function* follow<T>(options: FollowOptions<T>): AsyncGenerator<Followed<T>> {
  const { open, parse, signal, wait } = options;
  for (let attempt = 1; ; attempt += 1) {
    let reason: unknown = null;
    try {
      for await (const { event, data } of open(signal)) {
        attempt = 0;
        const ended = event === 'end';
        yield { view: parse(JSON.parse(data)), ended };
        if (ended) return;
      }
    } catch (error) {
      reason = error;
    }
    if (signal.aborted) return;
    await wait(Math.max(attempt, 1), reason);
    if (signal.aborted) return;
  }
}
