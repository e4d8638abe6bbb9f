import type { FeedbackStore } from '@zerorouter/database';
import type { Logger } from '@zerorouter/platform';

export interface FeedbackSweeperDependencies {
  feedback: Pick<FeedbackStore, 'modelsWithPending'>;
  /** Puts the job of a model into the queue, unless it is there. */
  enqueue: (modelId: string) => Promise<unknown>;
  logger: Logger;
  /** Ms between rounds, and until feedback counts as forgotten. */
  intervalMs: number;
}

/**
 * Puts models whose feedback nobody has learnt from into the queue: a job may have been lost, or have ended just
 * before the feedback came. Any number of processes may sweep.
 */
export class FeedbackSweeper {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(private readonly dependencies: FeedbackSweeperDependencies) {}

  start(): void {
    this.timer = setInterval(() => {
      this.round = this.sweep().catch((error: unknown) =>
        this.dependencies.logger.warn({ err: error }, 'feedback could not be swept'),
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
    const { feedback, enqueue, intervalMs } = this.dependencies;
    for (const modelId of await feedback.modelsWithPending(intervalMs)) await enqueue(modelId);
  }
}
