import { calibrateDataSets } from '@zerorouter/pipelines';
import { describeFailure } from './calibration-messages.js';
import type { CalibrationMessage, CalibrationTask } from './calibration-messages.js';

/**
 * The process that a calibration runs in: minutes of arithmetic that leave the profiler's own event
 * loop free to renew its lock on the job and to answer health checks, and that can be ended at once.
 */
const tell = (message: CalibrationMessage): void => void process.send?.(message);

// The profiler is gone, and with it everybody who waits for this.
process.on('disconnect', () => process.exit(1));

process.once('message', (task: CalibrationTask) => {
  calibrateDataSets({
    ...task,
    onProgress: ({ stage, done, total }) =>
      tell({ kind: 'progress', stage, fraction: total > 0 ? done / total : 0 }),
  })
    .then(
      ({ version }) => tell({ kind: 'done', spaceVersion: version }),
      (error: unknown) => tell(describeFailure(error)),
    )
    .finally(() => process.disconnect());
});
