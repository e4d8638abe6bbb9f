import type { CalibrationStore } from '@zerorouter/database';

/** Some stages take longer without a word; a job that is in the queue is not added again. */
const IDLE_MS = 60_000;

export interface CalibrationQueues {
  /** Put a run's job into the queue, unless it is there. */
  calibrate: (calibrationId: string) => Promise<unknown>;
  recalibrate: (calibrationId: string) => Promise<unknown>;
}

/**
 * Puts calibrations and recalibrations whose jobs the queue has lost back into it. Any number of processes may
 * sweep: both are safe to run twice.
 * @param idleMs after which a run counts as lost.
 */
export async function sweepCalibrations(
  calibrations: Pick<CalibrationStore, 'idle'>,
  queues: CalibrationQueues,
  idleMs = IDLE_MS,
): Promise<void> {
  for (const { id, options } of await calibrations.idle(idleMs))
    await (options['kind'] === 'recalibration' ? queues.recalibrate(id) : queues.calibrate(id));
}
