import { z } from 'zod';
import { defineJob } from './define-job.js';

/** Items of one chunk job: a worker that dies loses no more work than this. */
export const BATCH_CHUNK_ITEMS = 100;

/**
 * Chunk jobs of one batch that wait in the queue together; each that is done puts in the next. So
 * batches take turns, and a queue that was emptied is quick to fill again.
 */
export const BATCH_CHUNKS_QUEUED = 32;

/** Predicts the items from `from` to before `to` of a batch that Postgres holds; safe to run twice. */
export const routeBatch = defineJob({
  queue: 'route-batch',
  payload: z.object({
    batchId: z.string().min(1),
    from: z.number().int().nonnegative(),
    to: z.number().int().positive(),
  }),
  result: z.object({ predicted: z.number().int(), failed: z.number().int() }),
  retry: { attempts: 3, backoffMs: 1_000 },
  timeoutMs: 600_000,
  carriesText: false,
  repeatable: true,
});

/** Chooses the models of a batch whose items are all predicted; safe to run twice. */
export const optimizeBatch = defineJob({
  queue: 'optimize-batch',
  payload: z.object({ batchId: z.string().min(1) }),
  result: z.object({ state: z.string() }),
  retry: { attempts: 3, backoffMs: 1_000 },
  timeoutMs: 3_600_000,
  carriesText: false,
  repeatable: true,
});
