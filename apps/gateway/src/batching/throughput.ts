/** Time constant of the average. Long enough for some batches, short enough to notice a second worker. */
const MEMORY_MS = 2_000;

/**
 * Items a second that come out of something which is kept busy: Σ nᵢ·e^(−(t−tᵢ)/τ) ÷ τ. While nothing is asked of
 * it the average decays, and then tells too little; who limits by it allows for that with a floor.
 */
export class Throughput {
  private sum = 0;
  private at = -Infinity;

  /** @param now ms, never running back. */
  add(items: number, now: number): void {
    this.sum = this.sum * decay(now - this.at) + items;
    this.at = now;
  }

  perSecond(now: number): number {
    return (1000 * this.sum * decay(now - this.at)) / MEMORY_MS;
  }
}

function decay(elapsedMs: number): number {
  return Math.exp(-elapsedMs / MEMORY_MS);
}
