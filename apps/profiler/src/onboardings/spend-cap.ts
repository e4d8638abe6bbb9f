/**
 * Money that calls may cost: each sets aside the most that it can cost before it starts, so that the cap
 * holds whatever comes back, however many run side by side.
 */
export class SpendCap {
  /** Called whenever money is free again. */
  private waiting: (() => void)[] = [];
  private reservedUsd = 0;

  /**
   * @param capUsd null = no bound.
   * @param spentUsd by earlier tries of the same run.
   */
  constructor(
    private readonly capUsd: number | null,
    private spent: number,
  ) {}

  /** What is gone, and what calls of unknown cost may have cost. */
  get spentUsd(): number {
    return this.spent;
  }

  /**
   * Sets money aside; waits while calls under way hold what is missing.
   * @returns false when it is not there, and no call under way can bring it back.
   */
  async reserve(usd: number): Promise<boolean> {
    while (this.capUsd !== null && this.spent + this.reservedUsd + usd > this.capUsd) {
      if (this.reservedUsd === 0) return false;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.reservedUsd += usd;
    return true;
  }

  /** Ends a call: what it set aside is free, what it cost is spent. */
  settle(reservedUsd: number, costUsd: number): void {
    this.reservedUsd -= reservedUsd;
    // Sums of many small amounts must not leave a trace of a call that is over.
    if (this.reservedUsd < 1e-12) this.reservedUsd = 0;
    this.spent += costUsd;
    const { waiting } = this;
    this.waiting = [];
    for (const resume of waiting) resume();
  }
}
