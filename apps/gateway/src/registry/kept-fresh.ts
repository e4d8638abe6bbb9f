import type { Logger } from '@zerorouter/platform';

export interface KeptFreshOptions {
  /** The net under being told. */
  refreshMs: number;
  logger: Logger;
  /** Said when what was read last has to stand: "profiles could not be read again". */
  failure: string;
}

/** Something in memory that is read again whenever it may have changed. While it cannot be read, it stands. */
export class KeptFresh {
  private loading: Promise<void> | null = null;
  private stale = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly load: () => Promise<void>,
    private readonly options: KeptFreshOptions,
  ) {}

  /** Loads once, which must work, and then every so often. */
  async start(): Promise<void> {
    await this.load();
    this.timer = setInterval(() => this.refresh(), this.options.refreshMs);
    this.timer.unref();
  }

  /** Reads again; calls that come while it reads make it read once more. */
  refresh(): void {
    this.stale = true;
    this.loading ??= this.loadUntilFresh().finally(() => (this.loading = null));
  }

  /** Resolves when the reading that runs is over. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.loading;
  }

  private async loadUntilFresh(): Promise<void> {
    while (this.stale) {
      this.stale = false;
      try {
        await this.load();
      } catch (error) {
        this.options.logger.warn({ err: error }, this.options.failure);
      }
    }
  }
}
