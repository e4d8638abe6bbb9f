import { fork } from 'node:child_process';
import { DomainError } from '@zerorouter/contracts';
import type { CalibrationProgress } from '@zerorouter/database';
import { calibrationMessageSchema } from './calibration-messages.js';
import type { CalibrationTask } from './calibration-messages.js';

/**
 * Runs a calibration in a process of its own until the space folder is written.
 * @param script the entry point of that process.
 * @throws DomainError `calibration-failed` for what another try cannot mend (bad data), Error when
 *   the process died, or when `signal` aborted.
 */
export function runCalibration(
  script: URL,
  task: CalibrationTask,
  onProgress: (progress: CalibrationProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error('calibration interrupted'));
    const child = fork(script, { serialization: 'advanced' });
    const interrupt = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', interrupt, { once: true });
    let failure: Error | null = null;
    let done = false;

    child.on('message', (raw) => {
      const message = calibrationMessageSchema.parse(raw);
      switch (message.kind) {
        case 'progress':
          onProgress({ stage: message.stage, fraction: message.fraction });
          break;
        case 'done':
          done = true;
          break;
        case 'failed':
          failure =
            message.code === null
              ? new Error(message.message)
              : new DomainError('calibration-failed', message.message, {
                  details: { cause: message.code },
                });
      }
    });
    child.once('error', reject);
    child.once('exit', (code, exitSignal) => {
      signal.removeEventListener('abort', interrupt);
      if (signal.aborted) reject(new Error('calibration interrupted'));
      else if (failure !== null) reject(failure);
      else if (done) resolve();
      else reject(new Error(`the calibration process ended with ${exitSignal ?? `code ${code}`}`));
    });
    child.send(task);
  });
}
