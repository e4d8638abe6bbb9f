import type { OnboardingStore } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';

export interface OnboardingSweeperDependencies {
  onboardings: Pick<OnboardingStore, 'idle'>;
  /** Puts a run's job into the queue, unless it is there. */
  enqueue: (onboardingId: string) => Promise<unknown>;
  logger: Logger;
  /** Ms between rounds. */
  intervalMs: number;
}

/** A call may take minutes, during which nothing is written; a job in the queue is not added again. */
const IDLE_MS = 60_000;

/** Puts runs whose jobs the queue has lost back into it. Any number of processes may sweep. */
export class OnboardingSweeper {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(private readonly dependencies: OnboardingSweeperDependencies) {}

  start(): void {
    this.timer = setInterval(() => {
      this.round = this.sweep().catch((error: unknown) =>
        this.dependencies.logger.warn({ err: error }, 'onboardings could not be swept'),
      );
    }, this.dependencies.intervalMs);
  }

  /** Resolves when the round that runs is over. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** One round. */
  async sweep(): Promise<void> {
    const { onboardings, enqueue } = this.dependencies;
    for (const id of await onboardings.idle(IDLE_MS)) await enqueue(id);
  }
}
