import type { OnboardingStore } from '@zerorouter/database';

/** A call may take minutes, during which nothing is written; a job in the queue is not added again. */
const IDLE_MS = 60_000;

/**
 * Puts runs whose jobs the queue has lost back into it. Any number of processes may sweep.
 * @param enqueue puts a run's job into the queue, unless it is there.
 */
export async function sweepOnboardings(
  onboardings: Pick<OnboardingStore, 'idle'>,
  enqueue: (onboardingId: string) => Promise<unknown>,
): Promise<void> {
  for (const id of await onboardings.idle(IDLE_MS)) await enqueue(id);
}
