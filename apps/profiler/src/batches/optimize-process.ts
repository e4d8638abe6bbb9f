import { isDomainError } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import { optimizeBatch } from './optimize-batch.js';
import type { OptimizationMessage, OptimizationTask } from './optimization-messages.js';

/**
 * The process that a batch is optimized in: up to gigabytes of forecasts and minutes of arithmetic
 * that neither hold the profiler's event loop nor, should memory not suffice, take it along.
 */
const tell = (message: OptimizationMessage): void => void process.send?.(message);

// The profiler is gone, and another will take the batch up.
process.on('disconnect', () => process.exit(1));

process.once('message', ({ databaseUrl, batchId }: OptimizationTask) => {
  const database = connectDatabase(databaseUrl, {
    maxConnections: 2,
    applicationName: 'zerorouter optimizer',
  });
  optimizeBatch(database, batchId)
    .then(
      (completed) => tell({ kind: 'done', completed }),
      (error: unknown) => {
        const expected = isDomainError(error) ? error : null;
        tell({
          kind: 'failed',
          code: expected?.code ?? null,
          message: error instanceof Error ? error.message : String(error),
          details: expected?.details ?? {},
        });
      },
    )
    .finally(() => database.close())
    .finally(() => process.disconnect());
});
