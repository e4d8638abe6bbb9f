export interface BatchLanesOptions {
  /** Batch texts side by side, at most. */
  lanes: number;
  /** While live work is under way a batch text may begin this often, so that batches get on. */
  trickleMs: number;
  now?: () => number;
}

/**
 * Lets the texts of batches in where live ones leave room. None waits in a session's queue: a live
 * text that arrives is behind the texts that run just then, one a session, and behind no more.
 */
export class BatchLanes {
  private live = 0;
  private running = 0;
  private begunAt = -Infinity;
  private readonly waiting: (() => void)[] = [];
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
  async runBatch<Result>(work: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve);
      this.admit();
    });
    try {
      return await work();
    } finally {
      this.running--;
      this.admit();
    }
  }

  private admit(): void {
    const { lanes, trickleMs } = this.options;
    while (this.waiting.length > 0 && this.running < lanes) {
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
      this.waiting.shift()!();
    }
  }
}
