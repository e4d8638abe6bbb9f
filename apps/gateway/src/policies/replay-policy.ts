import { IN_SHADOW, liesInRequest, NO_DEPLOYMENT } from '@zerorouter/contracts';
import type { JudgedDecision } from '@zerorouter/database';
import type { LoggedChoice, Reward } from '@zerorouter/learning';
import type { HardConstraints, ReferenceScales, UtilityWeights } from '@zerorouter/optimizer';
import { choiceOf } from '../simulate/choice-of.js';
import { decideAgain } from '../simulate/decide-again.js';
import type { AvailableModel } from '../simulate/decide-again.js';

/** A judged decision as a candidate policy would have made it. */
export interface ReplayedPolicy {
  readonly choice: LoggedChoice;
  readonly score: Reward;
  readonly costUsd: Reward;
  readonly utility: Reward;
}

export interface PolicyTerms {
  readonly weights: UtilityWeights;
  readonly constraints: HardConstraints;
  readonly scales: ReferenceScales;
}

/**
 * Makes a judged decision again under a candidate policy, with the profiles of that time: what they predicted then
 * cannot have learnt from the judgement. Exploration is as it was. `undecided` when nothing would be eligible;
 * `unknown` when the model that answered is gone, or what it or a choice of the candidate costs is not known.
 * @param models those of the record, in the order of their names.
 */
export function replayPolicy(
  { decision: record, score, realisedCostUsd }: JudgedDecision,
  models: readonly AvailableModel[],
  { weights, constraints, scales }: PolicyTerms,
): ReplayedPolicy | 'undecided' | 'unknown' {
  const again = decideAgain(record, {
    models,
    scales,
    weights,
    constraints,
    budget: null,
    stands: (reason) => reason === IN_SHADOW || reason === NO_DEPLOYMENT || liesInRequest(reason),
  });
  const { scored } = again;
  const { chosen, probabilityOf } = choiceOf(again, models, record);
  const logged = scored.findIndex(({ model }) => model === record.model);
  if (logged < 0) return 'unknown';
  if (chosen === null) return 'undecided';
  /** Of a model with so much accuracy and cost; a latency that is not known counts as the reference. */
  const utility = (i: number, accuracy: number, costUsd: number): number =>
    weights.accuracy * accuracy -
    (weights.cost * costUsd) / scales.costUsd -
    (weights.latency * (scored[i]!.latencyS ?? scales.latencyS)) / scales.latencyS;

  const predicted = { score: 0, costUsd: 0, utility: 0 };
  for (const [i, { probabilityCorrect, costUsd }] of scored.entries()) {
    const probability = probabilityOf(i);
    if (probability === 0) continue;
    if (costUsd === null) return 'unknown';
    predicted.score += probability * probabilityCorrect;
    predicted.costUsd += probability * costUsd;
    predicted.utility += probability * utility(i, probabilityCorrect, costUsd);
  }
  const { probabilityCorrect, costUsd } = scored[logged]!;
  const observedCost = realisedCostUsd ?? costUsd;
  if (costUsd === null || observedCost === null) return 'unknown';
  return {
    choice: { propensity: record.propensity, candidateProbability: probabilityOf(logged) },
    score: { observed: score, predicted: probabilityCorrect, candidatePredicted: predicted.score },
    costUsd: { observed: observedCost, predicted: costUsd, candidatePredicted: predicted.costUsd },
    utility: {
      observed: utility(logged, score, observedCost),
      predicted: utility(logged, probabilityCorrect, costUsd),
      candidatePredicted: predicted.utility,
    },
  };
}
