/** Resolves with a word about the state, or throws what is amiss. */
export type ReadinessCheck = () => Promise<string>;

export interface CheckResult {
  ok: boolean;
  detail: string;
  ms: number;
}

export interface ReadinessReport {
  ready: boolean;
  checks: Record<string, CheckResult>;
}

export interface ReadinessOptions {
  /** How long a good report stands for later askers; a bad one stands for a tenth of it. */
  cacheMs?: number;
  /** A check that takes longer has failed. */
  timeoutMs?: number;
  now?: () => number;
}

/** Runs all checks at once, for however many askers, and remembers the report for a moment. */
export class Readiness {
  private readonly cacheMs: number;
  private readonly timeoutMs: number;
  private readonly now: () => number;
  private latest: { report: ReadinessReport; at: number } | null = null;
  private running: Promise<ReadinessReport> | null = null;

  constructor(
    private readonly checks: Readonly<Record<string, ReadinessCheck>>,
    options: ReadinessOptions = {},
  ) {
    this.cacheMs = options.cacheMs ?? 2_000;
    this.timeoutMs = options.timeoutMs ?? 3_000;
    this.now = options.now ?? Date.now;
  }

  async report(): Promise<ReadinessReport> {
    if (this.latest !== null) {
      const { report, at } = this.latest;
      if (this.now() - at < (report.ready ? this.cacheMs : this.cacheMs / 10)) return report;
    }
    this.running ??= this.run().finally(() => (this.running = null));
    return this.running;
  }

  private async run(): Promise<ReadinessReport> {
    const at = this.now();
    const results = await Promise.all(
      Object.entries(this.checks).map(async ([name, check]) => [name, await this.time(check)]),
    );
    const checks = Object.fromEntries(results) as Record<string, CheckResult>;
    const report = { ready: Object.values(checks).every(({ ok }) => ok), checks };
    this.latest = { report, at };
    return report;
  }

  private async time(check: ReadinessCheck): Promise<CheckResult> {
    const start = this.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${this.timeoutMs} ms`)),
        this.timeoutMs,
      );
    });
    try {
      const detail = await Promise.race([check(), late]);
      return { ok: true, detail, ms: this.now() - start };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { ok: false, detail, ms: this.now() - start };
    } finally {
      clearTimeout(timer);
    }
  }
}
