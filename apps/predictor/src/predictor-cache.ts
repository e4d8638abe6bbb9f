/** What a predictor of one latent space does. */
export interface ClosablePredictor {
  close(): Promise<void>;
}

interface Entry<Predictor> {
  predictor: Promise<Predictor>;
  users: number;
  evicted: boolean;
  usedAt: number;
}

export interface PredictorCacheOptions {
  /** Latent spaces held open at once: the active one, and the one before it while jobs for it remain. */
  capacity: number;
  /** How long a failure to open is remembered, so that a broken space is not read at every job. */
  failureMs: number;
  now?: () => number;
}

/**
 * Predictors by the version of their space. The least recently used one is closed when there are too
 * many, but not while somebody uses it.
 */
export class PredictorCache<Predictor extends ClosablePredictor> {
  private readonly entries = new Map<string, Entry<Predictor>>();
  private readonly now: () => number;

  constructor(
    private readonly open: (spaceVersion: string) => Promise<Predictor>,
    private readonly options: PredictorCacheOptions,
  ) {
    this.now = options.now ?? Date.now;
  }

  /** Versions that are open or being opened. */
  get versions(): string[] {
    return [...this.entries.keys()];
  }

  async use<Result>(
    spaceVersion: string,
    work: (predictor: Predictor) => Promise<Result>,
  ): Promise<Result> {
    const entry = this.entry(spaceVersion);
    entry.users++;
    try {
      return await work(await entry.predictor);
    } finally {
      entry.users--;
      this.closeWhenIdle(entry);
    }
  }

  async close(): Promise<void> {
    const all = [...this.entries.values()];
    this.entries.clear();
    await Promise.all(all.map(({ predictor }) => predictor.then((open) => open.close(), ignore)));
  }

  private entry(spaceVersion: string): Entry<Predictor> {
    let entry = this.entries.get(spaceVersion);
    if (entry === undefined) {
      entry = { predictor: this.open(spaceVersion), users: 0, evicted: false, usedAt: 0 };
      this.entries.set(spaceVersion, entry);
      this.forgetFailure(spaceVersion, entry);
      this.evictOldest(spaceVersion);
    }
    entry.usedAt = this.now();
    return entry;
  }

  private forgetFailure(spaceVersion: string, entry: Entry<Predictor>): void {
    entry.predictor.catch(() => {
      setTimeout(() => {
        if (this.entries.get(spaceVersion) === entry) this.entries.delete(spaceVersion);
      }, this.options.failureMs).unref();
    });
  }

  private evictOldest(except: string): void {
    if (this.entries.size <= this.options.capacity) return;
    const [oldest] = [...this.entries]
      .filter(([version]) => version !== except)
      .sort(([, a], [, b]) => a.usedAt - b.usedAt);
    if (oldest === undefined) return;
    const [version, entry] = oldest;
    this.entries.delete(version);
    entry.evicted = true;
    this.closeWhenIdle(entry);
  }

  private closeWhenIdle(entry: Entry<Predictor>): void {
    if (!entry.evicted || entry.users > 0) return;
    entry.evicted = false;
    entry.predictor.then((open) => open.close()).catch(ignore);
  }
}

function ignore(): void {
  // Closing is a courtesy: what cannot be closed, or was never open, is let go.
}
