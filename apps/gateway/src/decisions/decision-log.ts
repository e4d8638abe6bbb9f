import { DomainError } from '@zerorouter/contracts';
import type { DecisionRecord, DecisionStore } from '@zerorouter/database';
import { Batcher } from '../batching/batcher.js';

/** Longer than any healthy commit; past it the reply is 503, whether the record came through or not. */
const COMMIT_TIMEOUT_MS = 5_000;

/**
 * Stores decisions by group commit: while one INSERT is under way the next records gather, so that a
 * lone decision is written at once and many share a transaction. A reply waits for its record: a
 * killed gateway loses no answered decision.
 */
export class DecisionLog {
  private readonly batcher: Batcher<DecisionRecord, void>;

  constructor(private readonly store: Pick<DecisionStore, 'appendMany'>) {
    this.batcher = new Batcher({
      run: (records) => this.append(records),
      maxItems: 256,
      maxRunning: 2,
      maxWaiting: 10_000,
    });
  }

  /** Resolves when the record is committed. */
  record(decision: DecisionRecord): Promise<void> {
    return this.batcher.submit(decision);
  }

  private async append(records: readonly DecisionRecord[]): Promise<PromiseSettledResult<void>[]> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new DomainError(
              'commit-timeout',
              `Postgres did not store the decision within ${COMMIT_TIMEOUT_MS} ms; try again`,
            ),
          ),
        COMMIT_TIMEOUT_MS,
      );
    });
    try {
      await Promise.race([this.store.appendMany(records), late]);
      return records.map(() => ({ status: 'fulfilled', value: undefined }));
    } finally {
      clearTimeout(timer);
    }
  }
}
