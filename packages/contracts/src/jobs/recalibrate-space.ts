import { z } from 'zod';
import { defineJob } from './define-job.js';

/** A recalibration, by the id of its run: anchor set and space are read from Postgres. Safe to run twice. */
export const recalibrateSpace = defineJob({
  queue: 'recalibrate-space',
  payload: z.object({ calibrationId: z.string().min(1) }),
  result: z.object({ calibrationId: z.string(), spaceVersion: z.string() }),
  retry: { attempts: 3, backoffMs: 5_000 },
  timeoutMs: 3_600_000,
  carriesText: false,
});
