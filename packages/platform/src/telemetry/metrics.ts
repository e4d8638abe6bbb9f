import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram } from 'prom-client';

/** Seconds: from a routing decision in memory to an answer that takes minutes. */
export const SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
];

/** A source that does not answer must not cost the whole scrape. */
const COLLECT_TIMEOUT_MS = 2_000;

interface Collector {
  name: string;
  collect: () => Promise<void> | void;
  everyMs: number;
  collectedAt: number;
  running: Promise<void> | null;
}

/** What one process tells Prometheus: the process itself, and whatever is declared here. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly collectors: Collector[] = [];
  private readonly failures: Counter;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    this.failures = this.counter(
      'zerorouter_scrape_failures_total',
      'Sources of metrics that did not answer a scrape; their figures are those of the time before',
      ['source'],
    );
  }

  counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Gauge<Label> {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }

  /** @param buckets upper bounds, ascending. */
  histogram<Label extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labelNames: readonly Label[] = [],
  ): Histogram<Label> {
    return new Histogram({
      name,
      help,
      labelNames,
      buckets: [...buckets],
      registers: [this.registry],
    });
  }

  /**
   * Has gauges set before a scrape, from what is asked then.
   * @param everyMs how long what was asked stands for later scrapes; 0 = not at all.
   */
  beforeScrape(name: string, collect: Collector['collect'], everyMs = 0): void {
    this.collectors.push({ name, collect, everyMs, collectedAt: -Infinity, running: null });
  }

  /** In the text format of Prometheus. */
  async scrape(): Promise<{ contentType: string; text: string }> {
    await Promise.all(this.collectors.map((collector) => this.collect(collector)));
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }

  /** Scrapes that come at once share one question, and one that hangs is not asked again before it ends. */
  private async collect(collector: Collector): Promise<void> {
    const { name, everyMs, collectedAt } = collector;
    if (everyMs > 0 && performance.now() - collectedAt < everyMs) return;
    collector.running ??= this.ask(collector).finally(() => (collector.running = null));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        this.failures.inc({ source: name });
        resolve();
      }, COLLECT_TIMEOUT_MS);
    });
    await Promise.race([collector.running, late]);
    clearTimeout(timer);
  }

  private async ask(collector: Collector): Promise<void> {
    try {
      await collector.collect();
      collector.collectedAt = performance.now();
    } catch {
      this.failures.inc({ source: collector.name });
    }
  }
}

/**
 * Keeps the values of a label within bounds: what comes after `most` different ones is `other`, for every series of
 * a metric stays in memory, here and in Prometheus.
 */
export function boundLabel(most: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= most) return 'other';
    known.add(value);
    return value;
  };
}
