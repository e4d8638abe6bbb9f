import { fork } from 'node:child_process';
import { constants, getPriority, setPriority } from 'node:os';
import { DomainError } from '@zerorouter/contracts';
import { optimizationMessageSchema } from './optimization-messages.js';
import type { OptimizationTask } from './optimization-messages.js';

/**
 * Optimizes a batch in a process of its own.
 * @param script the entry point of that process.
 * @returns whether it completed the batch; false when there was nothing to do.
 * @throws DomainError for what another try cannot mend, Error when the process died, or when `signal`
 *   aborted.
 */
export function runOptimization(
  script: URL,
  task: OptimizationTask,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Error('optimization interrupted'));
    const child = fork(script, { serialization: 'advanced' });
    if (child.pid !== undefined) yieldToLiveRequests(child.pid);
    const interrupt = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', interrupt, { once: true });
    let failure: Error | null = null;
    let completed: boolean | null = null;

    child.on('message', (raw) => {
      const message = optimizationMessageSchema.parse(raw);
      if (message.kind === 'done') completed = message.completed;
      else if (message.code === null) failure = new Error(message.message);
      else failure = new DomainError(message.code, message.message, { details: message.details });
    });
    child.once('error', reject);
    child.once('exit', (code, exitSignal) => {
      signal.removeEventListener('abort', interrupt);
      if (signal.aborted) reject(new Error('optimization interrupted'));
      else if (failure !== null) reject(failure);
      else if (completed !== null) resolve(completed);
      else reject(new Error(`the optimization process ended with ${exitSignal ?? `code ${code}`}`));
    });
    child.send(task);
  });
}

/** It takes a core for minutes, on which the same machine may be answering. */
function yieldToLiveRequests(pid: number): void {
  try {
    setPriority(pid, Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
  } catch {
    // It has ended, or the system does not let processes be ranked: it runs as any other.
  }
}
