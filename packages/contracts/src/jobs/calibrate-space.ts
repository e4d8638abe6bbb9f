import { z } from 'zod';
import { defineJob } from './define-job.js';

/** A calibration run, by id: its data folders and settings are read from Postgres. */
export const calibrateSpace = defineJob({
  queue: 'calibrate-space',
  payload: z.object({ calibrationId: z.string().min(1) }),
  result: z.object({ calibrationId: z.string(), spaceVersion: z.string() }),
  retry: { attempts: 3, backoffMs: 5_000 },
  timeoutMs: 4 * 3_600_000,
  carriesText: false,
});
