import type { FeedbackStore } from '@zerorouter/database';

/**
 * Puts models whose feedback nobody has learnt from into the queue: a job may have been lost, or have ended just
 * before the feedback came. Any number of processes may sweep.
 * @param enqueue puts the job of a model into the queue, unless it is there.
 * @param forgottenMs after which feedback counts as forgotten.
 */
export async function sweepFeedback(
  feedback: Pick<FeedbackStore, 'modelsWithPending'>,
  enqueue: (modelId: string) => Promise<unknown>,
  forgottenMs: number,
): Promise<void> {
  for (const modelId of await feedback.modelsWithPending(forgottenMs)) await enqueue(modelId);
}
