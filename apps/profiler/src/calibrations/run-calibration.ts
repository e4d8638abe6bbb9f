import { fork } from 'node:child_process';
import { DomainError } from '@zerorouter/contracts';
import type { CalibrationProgress } from '@zerorouter/database';
import { calibrationMessageSchema } from './calibration-messages.js';

/**
 * Runs a calibration, or a recalibration, in a process of its own until the space is written.
 * @param script the entry point of that process; `task` is its first message.
 * @returns the space's version.
 * @throws DomainError `calibration-failed` for what another try cannot mend (bad data), Error when
 *   the process died, or when `signal` aborted.
 */
export function runCalibration(
  script: URL,
  task: object,
  onProgress: (progress: CalibrationProgress) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error('calibration interrupted'));
    const child = fork(script, { serialization: 'advanced' });
    const interrupt = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', interrupt, { once: true });
    let failure: Error | null = null;
    let made: string | null = null;

    child.on('message', (raw) => {
      const message = calibrationMessageSchema.parse(raw);
      switch (message.kind) {
        case 'progress':
          onProgress({ stage: message.stage, fraction: message.fraction });
          break;
        case 'done':
          made = message.spaceVersion;
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
      else if (made !== null) resolve(made);
      else reject(new Error(`the calibration process ended with ${exitSignal ?? `code ${code}`}`));
    });
    child.send(task);
  });
}
