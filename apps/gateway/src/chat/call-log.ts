import { setTimeout as sleep } from 'node:timers/promises';
import type { CallRecord, CallStore } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';

export interface CallLogSettings {
  /** How long calls gather before they are written together, ms. */
  gatherMs: number;
  /** Pause after a failure, ms. */
  retryMs: number;
  /** Calls that may wait; further ones are lost, and said to be. */
  maxWaiting: number;
}

const SETTINGS: CallLogSettings = { gatherMs: 50, retryMs: 1_000, maxWaiting: 20_000 };
const MOST_AT_ONCE = 256;
/** Tries that are left once the gateway stops. */
const LAST_TRIES = 3;

/**
 * Stores what calls have cost, after their ends: no answer waits for it. Calls gather and are written by
 * group commit, again and again while Postgres is away; `close()` writes what is left.
 */
export class CallLog {
  private readonly waiting: CallRecord[] = [];
  private readonly underWay = new Set<Promise<unknown>>();
  private writing: Promise<void> | null = null;
  private lost = 0;
  private closing = new AbortController();

  constructor(
    private readonly store: Pick<CallStore, 'appendMany'>,
    private readonly logger: Logger,
    private readonly settings: CallLogSettings = SETTINGS,
    private readonly onCall: (record: CallRecord) => void = () => undefined,
  ) {}

  note(record: CallRecord): void {
    this.onCall(record);
    if (this.waiting.length >= this.settings.maxWaiting) {
      if (this.lost++ % 1_000 === 0)
        this.logger.error(
          { lost: this.lost },
          'what calls cost is lost: Postgres is away too long',
        );
      return;
    }
    this.waiting.push(record);
    this.writing ??= this.write().finally(() => (this.writing = null));
  }

  /** Lets `close()` wait for what belongs to a call's end as well. */
  track(work: Promise<unknown>): void {
    const tracked = work
      .catch((error: unknown) => this.logger.error({ err: error }, 'a call could not be settled'))
      .finally(() => this.underWay.delete(tracked));
    this.underWay.add(tracked);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all([this.writing, ...this.underWay]);
  }

  private async write(): Promise<void> {
    let tries = 0;
    while (this.waiting.length > 0) {
      await this.pause(tries === 0 ? this.settings.gatherMs : this.settings.retryMs);
      const batch = this.waiting.slice(0, MOST_AT_ONCE);
      try {
        await this.append(batch);
        this.waiting.splice(0, batch.length);
        tries = 0;
      } catch (error) {
        this.logger.warn({ err: error, calls: batch.length }, 'calls could not be stored yet');
        if (++tries >= LAST_TRIES && this.closing.signal.aborted) {
          this.logger.error({ lost: this.waiting.length }, 'what calls cost is lost');
          return;
        }
      }
    }
  }

  /** One record that Postgres cannot take must not keep the others out. */
  private async append(batch: readonly CallRecord[]): Promise<void> {
    try {
      await this.store.appendMany(batch);
    } catch (error) {
      if (!isDataError(error)) throw error;
      for (const record of batch)
        await this.store.appendMany([record]).catch((cause: unknown) => {
          if (!isDataError(cause)) throw cause;
          this.logger.error({ err: cause, call: record.id }, 'a call cannot be stored');
        });
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.closing.signal }).catch(() => undefined);
  }
}

/** Classes 22 and 23 of SQLSTATE: the data is at fault, not the connection. */
function isDataError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^2[23]/.test(code);
}
