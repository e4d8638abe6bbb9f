import type { Logger } from '@zerorouter/platform';

export interface RoundsOptions {
  /** Between the end of one round and the beginning of the next. */
  intervalMs: number;
  logger: Logger;
  /** Said of a round that failed: "batches could not be swept". */
  failure: string;
}

/** Work that is done again and again, one round after the other; one that fails does not end it. */
export class Rounds {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly options: RoundsOptions,
  ) {
    this.wait();
  }

  /** Resolves when the round that runs is over. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.round;
  }

  private wait(): void {
    const { intervalMs, logger, failure } = this.options;
    this.timer = setTimeout(() => {
      this.round = this.work()
        .catch((error: unknown) => logger.warn({ err: error }, failure))
        .finally(() => {
          if (!this.closed) this.wait();
        });
    }, intervalMs);
  }
}
