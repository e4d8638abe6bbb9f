import type { Logger } from '../logging/logger.js';
import type { DeadJob, QueueObserver } from '../queue/queue-observer.js';
import type { Metrics } from './metrics.js';
import { SECONDS } from './metrics.js';

/** Where jobs that failed for good are kept. */
export interface DeadLetterBox {
  record(job: DeadJob): Promise<void>;
}

/** Counts and times the jobs that a process works on, and keeps those that failed for good. */
export function observeJobs(
  metrics: Metrics,
  deadLetters: DeadLetterBox,
  logger: Logger,
): QueueObserver {
  const durations = metrics.histogram(
    'zerorouter_job_duration_seconds',
    'Tries of jobs by this process, by queue and by whether they succeeded',
    SECONDS,
    ['queue', 'outcome'],
  );
  const waits = metrics.histogram(
    'zerorouter_job_wait_seconds',
    'From when a job was due to its first try',
    SECONDS,
    ['queue'],
  );
  const dead = metrics.counter(
    'zerorouter_jobs_dead_total',
    'Jobs that failed for good, as far as they were kept as dead letters',
    ['queue', 'code'],
  );
  return {
    tried: (queue, ok, ms, waitedMs) => {
      durations.observe({ queue, outcome: ok ? 'ok' : 'error' }, ms / 1_000);
      if (waitedMs !== null) waits.observe({ queue }, Math.max(0, waitedMs) / 1_000);
    },
    dead: (job) => {
      dead.inc({ queue: job.queue, code: job.code });
      const { queue, jobId } = job;
      deadLetters
        .record(job)
        .catch((error: unknown) =>
          logger.error({ err: error, queue, jobId }, 'a dead letter could not be kept'),
        );
    },
  };
}
