import type { AuditEntry, AuditStore } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';

export interface AuditLogSettings {
  retentionMs: number;
  /** Ms since 1970. */
  clock?: () => number;
}

export type NewAuditEntry = Omit<AuditEntry, 'id' | 'createdAt'>;

const SWEEP_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Whoever has no key must not fill the disk: more refusals than these are only logged. */
const STRANGERS_PER_MINUTE = 60;

/** Stores what was done, or tried, through /admin/v1, for as long as it is kept. */
export class AuditLog {
  readonly #clock: () => number;
  readonly #timer: NodeJS.Timeout;
  #sweep: Promise<void> = Promise.resolve();
  #minute = { startMs: 0, strangers: 0 };

  constructor(
    private readonly store: Pick<AuditStore, 'add' | 'deleteBefore'>,
    private readonly logger: Pick<Logger, 'warn' | 'error'>,
    private readonly settings: AuditLogSettings,
  ) {
    this.#clock = settings.clock ?? Date.now;
    this.#timer = setInterval(() => {
      this.#sweep = this.forgetOld();
    }, SWEEP_MS).unref();
  }

  /** Never throws: what was done is done. What cannot be stored is logged whole. */
  async add(entry: NewAuditEntry): Promise<void> {
    if (entry.keyId === null && !this.#admitsStranger()) return;
    try {
      await this.store.add({ ...entry, createdAt: new Date(this.#clock()) });
    } catch (error) {
      this.logger.error({ err: error, audit: entry }, 'an audit entry could not be stored');
    }
  }

  async forgetOld(): Promise<void> {
    try {
      await this.store.deleteBefore(new Date(this.#clock() - this.settings.retentionMs));
    } catch (error) {
      this.logger.warn({ err: error }, 'old audit entries could not be deleted');
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweep;
  }

  #admitsStranger(): boolean {
    const now = this.#clock();
    if (now - this.#minute.startMs >= MINUTE_MS) this.#minute = { startMs: now, strangers: 0 };
    this.#minute.strangers++;
    if (this.#minute.strangers === STRANGERS_PER_MINUTE + 1)
      this.logger.warn('more calls to /admin/v1 without a good key than are audited this minute');
    return this.#minute.strangers <= STRANGERS_PER_MINUTE;
  }
}
