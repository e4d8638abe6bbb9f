import { gradeAnswer, graderSchema } from '@zerorouter/anchors';
import type { Database } from '@zerorouter/database';
import { continueRun, drawHoldOuts } from '@zerorouter/onboarding';
import type { Asked } from './ask-model.js';
import type { OnboardingRun } from './open-run.js';

/** Grades answers that were collected elsewhere, where they did not come with a score. Safe to run twice. */
export async function gradeCollected(
  run: OnboardingRun,
  { anchorAnswers }: Pick<Database, 'anchorAnswers'>,
  signal: AbortSignal,
): Promise<Asked> {
  const { id } = run.onboarding;
  const graderOf = new Map(run.anchors.map((anchor) => [anchor.id, anchor.grader]));
  const rows = await anchorAnswers.list(id);
  for (const row of rows) {
    signal.throwIfAborted();
    if (row.score !== null) continue;
    const grader = graderSchema.parse(graderOf.get(row.anchorId));
    const { score, gradable } = await gradeAnswer(grader, row.text ?? '');
    const { text, inputTokens, outputTokens, ttftMs, totalMs, error } = row;
    const outcome = { text, score, gradable, inputTokens, outputTokens, ttftMs, totalMs, error };
    await anchorAnswers.conclude(id, row.position, outcome);
    Object.assign(row, outcome);
  }
  const heldOut = drawHoldOuts(rows.length, run.settings.seed);
  return {
    state: continueRun(
      run.start,
      rows.map((row, i) => ({ ...row, heldOut: heldOut[i]! })),
    ),
    stoppedBy: 'responses',
    spentUsd: rows.reduce((sum, row) => sum + (row.costUsd ?? 0), 0),
  };
}
