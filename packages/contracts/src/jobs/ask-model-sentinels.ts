import { z } from 'zod';
import { defineJob } from './define-job.js';

/** Asks one model a few anchors again because somebody wants to know; its run is stored before. Safe to run twice. */
export const askModelSentinels = defineJob({
  queue: 'ask-model-sentinels',
  payload: z.object({
    modelId: z.string().min(1),
    spaceVersion: z.string().min(1),
    slot: z.number().int(),
  }),
  result: z.object({ asked: z.number().int() }),
  retry: { attempts: 2, backoffMs: 10_000 },
  timeoutMs: 3_600_000,
  carriesText: false,
});
