/** Writes at most one value per interval, one at a time; what comes too soon is dropped. */
export class ProgressRecorder<Value> {
  private writing: Promise<void> = Promise.resolve();
  private busy = false;
  private writtenAt = -Infinity;

  constructor(
    private readonly write: (value: Value) => Promise<unknown>,
    private readonly intervalMs: number,
    private readonly now: () => number = Date.now,
  ) {}

  record(value: Value): void {
    if (this.busy || this.now() - this.writtenAt < this.intervalMs) return;
    this.busy = true;
    this.writtenAt = this.now();
    this.writing = this.write(value)
      .then(() => undefined, ignoreLostProgress)
      .finally(() => (this.busy = false));
  }

  /** Writes no more; resolves when the last write is through. */
  async stop(): Promise<void> {
    this.writtenAt = Infinity;
    await this.writing;
  }
}

function ignoreLostProgress(): void {
  // Progress is for people who watch; the run does not depend on it.
}
