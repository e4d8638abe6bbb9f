import type { PolicyEvidence, RollOut, RollOutEvidence, RollOutStore } from '@zerorouter/database';
import { compareArms } from '@zerorouter/learning';
import type { ArmScore } from '@zerorouter/learning';
import type { Logger } from '@zerorouter/platform';

export interface RollOutSweepDependencies {
  rollOuts: Pick<RollOutStore, 'claimDue' | 'record' | 'rollBack'>;
  evidence: Pick<PolicyEvidence, 'armScores'>;
  logger: Logger;
  /** Ms after which a roll-out is looked at again. */
  intervalMs: number;
}

/**
 * Looks at what the answers of running roll-outs were worth, and rolls back those whose candidate is surely worse
 * than its bound admits. Any number of processes may sweep: each roll-out is looked at by one of them a round, and
 * ends once.
 */
export async function sweepRollOuts(dependencies: RollOutSweepDependencies): Promise<void> {
  const { rollOuts, evidence, logger, intervalMs } = dependencies;
  for (const rollOut of await rollOuts.claimDue(intervalMs)) {
    const seen = judge(rollOut, await evidence.armScores(rollOut.id));
    if (seen === null) continue;
    if (!isTooBad(rollOut, seen)) {
      await rollOuts.record(rollOut.id, seen);
      continue;
    }
    const rolledBack = await rollOuts.rollBack(rollOut.id, seen, {
      kind: `roll-out:${rollOut.policy}`,
      modelId: null,
      message: describe(rollOut, seen),
      evidence: { roll_out: rollOut.id, ...seen },
    });
    if (rolledBack)
      logger.warn({ rollOut: rollOut.id, policy: rollOut.policy }, 'a roll-out was rolled back');
  }
}

/** Null where nothing has come since somebody last looked. */
function judge(
  { confidence, evidence }: RollOut,
  scores: readonly ArmScore[],
): RollOutEvidence | null {
  if (evidence !== null && isSame(evidence, scores)) return null;
  const { control, candidate, interval } = compareArms(scores, confidence);
  return { control, candidate, interval: [interval[0], interval[1]] };
}

/** Whether the means are still those of the scores, to the last bit: the rest follows from them, and takes long. */
function isSame(evidence: RollOutEvidence, scores: readonly ArmScore[]): boolean {
  return (['control', 'candidate'] as const).every((name) => {
    const own = scores.filter(({ arm }) => arm === name);
    const sum = own.reduce((total, { score }) => total + score, 0);
    const { scores: count, mean } = evidence[name];
    return count === own.length && mean === (count === 0 ? null : sum / count);
  });
}

function isTooBad(
  { qualityBound, minFeedback }: RollOut,
  { control, candidate, interval }: RollOutEvidence,
): boolean {
  const judged = Math.min(control.scores, candidate.scores);
  return judged >= minFeedback && interval[1] < -qualityBound;
}

function describe(
  { policy, candidate: { label }, qualityBound, confidence, id }: RollOut,
  { control, candidate, interval }: RollOutEvidence,
): string {
  const arm = ({ scores, mean }: RollOutEvidence['control']) =>
    `${mean?.toFixed(3)} (${scores} judged)`;
  return `the roll-out ${id} of ${label} under the policy "${policy}" was rolled back: its answers scored ${arm(candidate)} where the policy's own scored ${arm(control)}; with confidence ${confidence} the difference is below ${interval[1].toFixed(3)}, and at most a drop of ${qualityBound} was tolerated. All traffic is decided by the policy as it was`;
}
