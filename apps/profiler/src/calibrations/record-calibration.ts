import { DomainError } from '@zerorouter/contracts';
import type { Calibration, CalibrationProgress, Database } from '@zerorouter/database';
import type { JobContext, Logger } from '@zerorouter/platform';
import { ProgressRecorder } from '../progress-recorder.js';

const PROGRESS_INTERVAL_MS = 500;

/** Makes a space and stores it, idempotently. @returns its version */
export type MakeSpace = (
  calibration: Calibration,
  onProgress: (progress: CalibrationProgress) => void,
  signal: AbortSignal,
) => Promise<string>;

/**
 * Carries out a calibration, and says in its row how far it is and what became of it. One that has
 * succeeded is not run again.
 * @param attempts how often its job is tried.
 * @throws DomainError what another try cannot mend; it is stored with the run.
 */
export async function recordCalibration(
  { database, logger }: { database: Pick<Database, 'calibrations'>; logger: Logger },
  calibrationId: string,
  make: MakeSpace,
  context: JobContext,
  attempts: number,
): Promise<{ calibrationId: string; spaceVersion: string }> {
  const { calibrations } = database;
  const calibration = await calibrations.get(calibrationId);
  if (calibration === null)
    throw new DomainError('calibration-not-found', `there is no calibration "${calibrationId}"`);
  if (calibration.state === 'succeeded' && calibration.spaceVersion !== null)
    return { calibrationId, spaceVersion: calibration.spaceVersion };
  const progress = new ProgressRecorder<CalibrationProgress>(
    (value) => calibrations.update(calibrationId, { progress: value }),
    PROGRESS_INTERVAL_MS,
  );
  try {
    await calibrations.update(calibrationId, {
      state: 'running',
      progress: { stage: 'starting', fraction: 0 },
      error: null,
    });
    const spaceVersion = await make(calibration, (value) => progress.record(value), context.signal);
    await progress.stop();
    await calibrations.update(calibrationId, {
      state: 'succeeded',
      progress: { stage: 'done', fraction: 1 },
      error: null,
      spaceVersion,
    });
    return { calibrationId, spaceVersion };
  } catch (error) {
    await progress.stop();
    const final =
      !context.signal.aborted && (error instanceof DomainError || context.attempt >= attempts);
    const message = error instanceof Error ? error.message : String(error);
    await calibrations
      .update(calibrationId, { state: final ? 'failed' : 'queued', error: message })
      .catch((updateError: unknown) =>
        logger.warn({ err: updateError, calibrationId }, 'the failure could not be stored'),
      );
    throw error;
  }
}
