import { z } from 'zod';
import { defineJob } from './define-job.js';

/** Learns from all pending feedback on one model; safe to run twice, and in any order. */
export const learnFeedback = defineJob({
  queue: 'learn-feedback',
  payload: z.object({ modelId: z.string().min(1) }),
  result: z.object({ settled: z.number().int() }),
  retry: { attempts: 3, backoffMs: 1_000 },
  timeoutMs: 600_000,
  carriesText: false,
  repeatable: true,
});
