/**
 * A predictor process whose model dies of some texts, as one would that runs out of memory over them:
 * `node mortal-predictor.mjs DATABASE_URL BATCH_ID ITEMS` predicts the batch, two chunks at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BATCH_CHUNK_ITEMS } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import { BatchLanes } from '../dist/batch-lanes.js';
import { PredictorCache } from '../dist/predictor-cache.js';
import { RouteBatchProcessor } from '../dist/route-batch.processor.js';

const [databaseUrl, batchId, items] = process.argv.slice(2);
const database = connectDatabase(databaseUrl, { maxConnections: 3 });

async function predict(text) {
  await sleep(1);
  if (text.includes('deadly')) process.kill(process.pid, 'SIGKILL');
  return {
    discrimination: [1, 1],
    difficulty: 0,
    difficultyVariance: 0.1,
    logOutputTokens: 3,
    inputTokens: 4,
    familiarity: 1,
  };
}

const processor = new RouteBatchProcessor({
  work: database.batchWork,
  tries: database.batchTries,
  predictors: new PredictorCache(async () => ({ predict, close: async () => {} }), {
    capacity: 1,
    failureMs: 1_000,
  }),
  lanes: new BatchLanes({ lanes: 2, trickleMs: 50 }),
  queue: { addNextChunk: async () => {}, addOptimization: async () => {} },
  logger: { warn: () => {} },
});

const chunks = [];
for (let from = 0; from < Number(items); from += BATCH_CHUNK_ITEMS) chunks.push(from);
const signal = { throwIfAborted: () => {} };
await Promise.all(
  [1, 2].map(async () => {
    for (let from = chunks.shift(); from !== undefined; from = chunks.shift())
      await processor.process({ batchId, from, to: from + BATCH_CHUNK_ITEMS }, { signal });
  }),
);
await database.close();
