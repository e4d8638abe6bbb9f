export interface BatchLanesOptions {
  /** Batch texts side by side, at most: one that is read while another is in the session keeps that busy. */
  lanes: number;
  /** While live work is under way a batch text may begin this often, so that batches get on. */
  trickleMs: number;
  now?: () => number;
}

/**
 * Lets the texts of batches in where live ones leave room. Those that wait for a session let live ones
 * pass, a bounded number of them: a live text that arrives is behind the texts that run just then, and
 * seldom behind more.
 */
export class BatchLanes {
  private live = 0;
  private running = 0;
  private alone = false;
  private begunAt = -Infinity;
  private readonly waiting: { alone: boolean; begin: () => void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly now: () => number;

  constructor(private readonly options: BatchLanesOptions) {
    this.now = options.now ?? (() => performance.now());
  }

  /** Runs live work at once. */
  async runLive<Result>(work: () => Promise<Result>): Promise<Result> {
    this.live++;
    try {
      return await work();
    } finally {
      this.live--;
      this.admit();
    }
  }

  /** Runs one text of a batch when its turn has come. */
  runBatch<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.take(work, false);
  }

  /**
   * Runs one text of a batch when its turn has come, and no other of any batch beside it: should the
   * process die, it was this one.
   */
  runBatchAlone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.take(work, true);
  }

  private async take<Result>(work: () => Promise<Result>, alone: boolean): Promise<Result> {
    await new Promise<void>((begin) => {
      this.waiting.push({ alone, begin });
      this.admit();
    });
    try {
      return await work();
    } finally {
      this.running--;
      this.alone = false;
      this.admit();
    }
  }

  private admit(): void {
    const { lanes, trickleMs } = this.options;
    while (this.waiting.length > 0 && this.running < lanes && !this.alone) {
      if (this.waiting[0]!.alone && this.running > 0) return;
      const sinceLast = this.now() - this.begunAt;
      if (this.live > 0 && sinceLast < trickleMs) {
        this.timer ??= setTimeout(() => {
          this.timer = undefined;
          this.admit();
        }, trickleMs - sinceLast);
        return;
      }
      this.running++;
      this.begunAt = this.now();
      const { alone, begin } = this.waiting.shift()!;
      this.alone = alone;
      begin();
    }
  }
}
