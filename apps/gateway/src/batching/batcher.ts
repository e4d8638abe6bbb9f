import { DomainError } from '@zerorouter/contracts';
import { Throughput } from './throughput.js';

export interface BatcherOptions<Item, Result> {
  /** Handles a batch: one settled result per item, in order. A rejection counts for all of them. */
  run(items: readonly Item[]): Promise<PromiseSettledResult<Result>[]>;
  maxItems: number;
  /** Batches that may run at once; while they do, items gather. */
  maxRunning: number;
  /** Items that may wait in any case; beyond, submitting is refused with `overloaded`. */
  maxWaiting: number;
  /** More may wait while, at the pace of late, a new one would not wait longer than this. Default: 0. */
  maxWaitMs?: number;
  /** What has waited longer is refused as well, rather than worked on for nobody. Default: never. */
  expiresMs?: number;
  /** Ms, never running back. */
  now?: () => number;
  /** Size of an item, where items differ much; a batch stops growing at `maxWeight`. */
  weigh?: (item: Item) => number;
  maxWeight?: number;
  /**
   * Puts off the start of a batch. By default to the end of this turn of the event loop: all requests
   * that came in with one poll of the sockets share a batch, and a lone one waits some microseconds
   * (timers would make it a millisecond).
   */
  schedule?: (start: () => void) => void;
}

interface Entry<Item, Result> {
  item: Item;
  since: number;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Gathers items that arrive together into batches. With little to do every item leaves at once; the
 * more there is, the larger the batches grow, since at most `maxRunning` are under way.
 */
export class Batcher<Item, Result> {
  private readonly waiting: Entry<Item, Result>[] = [];
  private running = 0;
  private scheduled = false;
  private readonly throughput = new Throughput();

  constructor(private readonly options: BatcherOptions<Item, Result>) {}

  submit(item: Item): Promise<Result> {
    if (this.waiting.length >= this.mayWait()) return Promise.reject(this.overloaded());
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, since: this.now(), resolve, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      (this.options.schedule ?? setImmediate)(() => {
        this.scheduled = false;
        this.pump();
      });
    });
  }

  private mayWait(): number {
    const { maxWaiting, maxWaitMs = 0 } = this.options;
    return Math.max(maxWaiting, (this.throughput.perSecond(this.now()) * maxWaitMs) / 1000);
  }

  private now(): number {
    return (this.options.now ?? performance.now.bind(performance))();
  }

  private overloaded(): DomainError {
    return new DomainError(
      'overloaded',
      `${this.waiting.length} requests wait already; try again in a moment, or add replicas`,
    );
  }

  private pump(): void {
    this.refuseExpired();
    while (this.waiting.length > 0 && this.running < this.options.maxRunning) {
      this.running++;
      void this.runBatch(this.takeBatch()).finally(() => {
        this.running--;
        this.pump();
      });
    }
  }

  private refuseExpired(): void {
    const { expiresMs = Infinity } = this.options;
    const fresh = this.waiting.findIndex(({ since }) => since >= this.now() - expiresMs);
    const expired = this.waiting.splice(0, fresh < 0 ? this.waiting.length : fresh);
    for (const entry of expired) entry.reject(this.overloaded());
  }

  private takeBatch(): Entry<Item, Result>[] {
    const { maxItems, weigh = () => 0, maxWeight = Infinity } = this.options;
    let size = 0;
    let weight = 0;
    for (const { item } of this.waiting) {
      weight += weigh(item);
      // The first goes however heavy it is.
      if (size >= maxItems || (size > 0 && weight > maxWeight)) break;
      size++;
    }
    return this.waiting.splice(0, size);
  }

  private async runBatch(batch: Entry<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.run(batch.map(({ item }) => item));
      this.throughput.add(batch.length, this.now());
      batch.forEach((entry, i) => {
        const result = results[i];
        if (result?.status === 'fulfilled') entry.resolve(result.value);
        else entry.reject(result?.reason ?? new Error(`no result for item ${i} of a batch`));
      });
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    }
  }
}
