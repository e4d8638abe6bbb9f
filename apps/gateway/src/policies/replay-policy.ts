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
  /** Null where the cost of the model that answered, or of a choice of the candidate, is not known. */
  readonly costUsd: Reward | null;
  readonly utility: Reward | null;
}

export interface PolicyTerms {
  readonly weights: UtilityWeights;
  readonly constraints: HardConstraints;
  readonly scales: ReferenceScales;
}

/**
 * Makes a judged decision again under a candidate policy, with the profiles of that time: what they predicted then
 * cannot have learnt from the judgement. Exploration is as it was. `undecided` when nothing would be eligible;
 * `unknown` when the model that answered is gone. A cost that is not known leaves the score to be judged: whoever
 * left such decisions out would judge a policy without its models that have no prices.
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

  const choices = scored.flatMap((_, i) =>
    probabilityOf(i) > 0 ? [{ i, probability: probabilityOf(i), ...scored[i]! }] : [],
  );
  const expected = (of: (choice: (typeof choices)[number]) => number): number =>
    choices.reduce((sum, choice) => sum + choice.probability * of(choice), 0);
  const { probabilityCorrect, costUsd } = scored[logged]!;
  const replayed = {
    choice: { propensity: record.propensity, candidateProbability: probabilityOf(logged) },
    score: {
      observed: score,
      predicted: probabilityCorrect,
      candidatePredicted: expected((choice) => choice.probabilityCorrect),
    },
  };
  const observedCost = realisedCostUsd ?? costUsd;
  if (
    costUsd === null ||
    observedCost === null ||
    choices.some((choice) => choice.costUsd === null)
  )
    return { ...replayed, costUsd: null, utility: null };
  return {
    ...replayed,
    costUsd: {
      observed: observedCost,
      predicted: costUsd,
      candidatePredicted: expected((choice) => choice.costUsd!),
    },
    utility: {
      observed: utility(logged, score, observedCost),
      predicted: utility(logged, probabilityCorrect, costUsd),
      candidatePredicted: expected(({ i, ...choice }) =>
        utility(i, choice.probabilityCorrect, choice.costUsd!),
      ),
    },
  };
}
