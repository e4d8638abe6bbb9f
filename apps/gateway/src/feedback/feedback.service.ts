import type { FeedbackRequest, learnFeedback } from '@zerorouter/contracts';
import type { Feedback, FeedbackStore } from '@zerorouter/database';
import type { JobProducer, Logger } from '@zerorouter/platform';
import type { Caller } from '../access/caller.js';

export type LearnProducer = JobProducer<typeof learnFeedback.payload, typeof learnFeedback.result>;

/** Takes feedback in; the profiler learns from it. */
export class FeedbackService {
  constructor(
    private readonly feedback: Pick<FeedbackStore, 'create' | 'release'>,
    private readonly producer: Pick<LearnProducer, 'add'>,
    private readonly logger: Logger,
    private readonly onJudged: (decisionId: string, score: number) => void = () => undefined,
  ) {}

  /**
   * Stores it, which is what the answer promises, and tells the profiler.
   * @param idempotencyKey null = none was given.
   * @throws DomainError `decision-not-found`, `idempotency-key-reused`, `feedback-given`
   */
  async give(
    { decision_id, score, source, output_tokens }: FeedbackRequest,
    { keyId }: Caller,
    idempotencyKey: string | null,
  ): Promise<{ feedback: Feedback; created: boolean }> {
    const stored = await this.feedback.create({
      decisionId: decision_id,
      keyId,
      source,
      score,
      outputTokens: output_tokens ?? null,
      idempotencyKey,
    });
    const { modelId } = stored.feedback;
    if (stored.created) this.onJudged(decision_id, score);
    // A queue that is slow or down must not hold up the answer.
    if (stored.created && modelId !== null) void this.askToLearn(modelId);
    return stored;
  }

  /**
   * Trusts a source again.
   * @returns the models that learn from what it said, if they are to.
   * @throws DomainError `feedback-source-not-found`, `source-trusted`
   */
  async release(sourceId: string, learn: boolean): Promise<string[]> {
    const models = await this.feedback.release(sourceId, { learn });
    for (const modelId of models) void this.askToLearn(modelId);
    return models;
  }

  /** A queue that is down loses nothing: the profiler looks for feedback that waits. */
  private async askToLearn(modelId: string): Promise<void> {
    try {
      // One job a model: whoever takes it learns from all that is pending.
      await this.producer.add({ modelId }, { jobId: modelId });
    } catch (error) {
      this.logger.warn({ err: error, modelId }, 'the profiler could not be told of feedback');
    }
  }
}
