import { recalibrationOptionsSchema } from '@zerorouter/contracts';
import { connectDatabase } from '@zerorouter/database';
import { recalibrateSpace } from '@zerorouter/pipelines';
import { describeFailure } from '../calibrations/calibration-messages.js';
import type { CalibrationMessage } from '../calibrations/calibration-messages.js';
import { gatherAnswers } from './gather-answers.js';
import type { RecalibrationJob } from './recalibration-job.js';
import { storeRecalibrated } from './store-recalibrated.js';

/**
 * The process that a recalibration runs in: arithmetic that leaves the profiler's own event loop free,
 * and that can be ended at once.
 */
const tell = (message: CalibrationMessage): void => void process.send?.(message);

// The profiler is gone, and another will take the run up.
process.on('disconnect', () => process.exit(1));

process.once('message', (job: RecalibrationJob) => {
  const database = connectDatabase(job.databaseUrl, {
    maxConnections: 2,
    applicationName: 'zerorouter recalibration',
  });
  const recalibrate = async (): Promise<string> => {
    const gathered = await gatherAnswers(database, recalibrationOptionsSchema.parse(job.options));
    const recalibrated = await recalibrateSpace(
      gathered.task,
      job.encoder,
      ({ stage, done, total }) =>
        tell({ kind: 'progress', stage, fraction: total > 0 ? done / total : 0 }),
    );
    await storeRecalibrated(database, gathered, recalibrated);
    return recalibrated.manifest.version;
  };
  recalibrate()
    .then(
      (spaceVersion) => tell({ kind: 'done', spaceVersion }),
      (error: unknown) => tell(describeFailure(error)),
    )
    .finally(() => database.close())
    .finally(() => process.disconnect());
});
