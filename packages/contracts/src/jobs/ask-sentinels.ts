import { z } from 'zod';
import { defineJob } from './define-job.js';

/** Asks every model in traffic a few anchors again; which slot of time it is, its worker's clock says. */
export const askSentinels = defineJob({
  queue: 'ask-sentinels',
  payload: z.object({ everyMs: z.number().int().positive() }),
  result: z.object({ asked: z.number().int() }),
  retry: { attempts: 2, backoffMs: 60_000 },
  timeoutMs: 3_600_000,
  carriesText: false,
  repeatable: true,
});
