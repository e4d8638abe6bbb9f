import { recalibrateSpace } from '@zerorouter/contracts';
import type { JobResult } from '@zerorouter/contracts';
import type { Database } from '@zerorouter/database';
import type { EncoderSettings, JobContext, Logger } from '@zerorouter/platform';
import { recordCalibration } from '../calibrations/record-calibration.js';
import { runCalibration } from '../calibrations/run-calibration.js';
import type { RecalibrationJob } from './recalibration-job.js';

export interface RecalibrateSpaceDependencies {
  database: Pick<Database, 'calibrations'>;
  /** Of the same database: the process connects by itself. */
  databaseUrl: string;
  encoder: EncoderSettings;
  /** Entry point of the recalibration's process. */
  script: URL;
  logger: Logger;
}

/** Makes a draft latent space of what models answered on an anchor set. Safe to run twice. */
export class RecalibrateSpaceProcessor {
  constructor(private readonly dependencies: RecalibrateSpaceDependencies) {}

  /** @throws DomainError what another try cannot mend; it is stored with the run. */
  process(
    { calibrationId }: { calibrationId: string },
    context: JobContext,
  ): Promise<JobResult<typeof recalibrateSpace>> {
    const { databaseUrl, encoder, script } = this.dependencies;
    return recordCalibration(
      this.dependencies,
      calibrationId,
      ({ options }, onProgress, signal) => {
        const job: RecalibrationJob = { databaseUrl, encoder, options };
        return runCalibration(script, job, onProgress, signal);
      },
      context,
      recalibrateSpace.retry.attempts,
    );
  }
}
