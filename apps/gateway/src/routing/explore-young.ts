import type { QueryLatents } from '@zerorouter/contracts';
import type { ExplorationTerms } from '@zerorouter/database';
import { quadraticForm } from '@zerorouter/latent-space';
import type { Candidate, Random, ScorableModel } from '@zerorouter/latent-space';
import { explore, exploreProbabilities } from '@zerorouter/optimizer';
import type { ExploredDecision, UtilityDecision } from '@zerorouter/optimizer';

/** Utility that an explored model may lag behind: a twentieth of a right answer at accuracy's weight 1. */
const MAX_REGRET = 0.05;
/** Standard deviation of P(correct) that some 25 answers of a model leave. */
const YOUNG_FROM = 0.1;

/** Draws once, so that a decision stays a function of what is recorded. */
export function drawExploration(share: number, random: Pick<Random, 'uniform'>): ExplorationTerms {
  return { share, maxRegret: MAX_REGRET, youngFrom: YOUNG_FROM, draw: random.uniform() };
}

/**
 * Explores among what a decision ranks, so never what it excludes. How young a profile is shows in
 * what it leaves open on this query: p·(1 − p)·√(αᵀCα), the deviation of P(correct) to first order.
 * @param scored the candidates, `profiles` theirs; `ranking` must not be empty.
 */
export function exploreYoung(
  { ranking, utilities }: UtilityDecision,
  scored: readonly Candidate[],
  profiles: readonly ScorableModel[],
  { discrimination }: QueryLatents,
  terms: ExplorationTerms,
): ExploredDecision & { probabilityOf: (candidate: number) => number } {
  const explorable = scored.map(({ probabilityCorrect: p }, i) => ({
    utility: utilities[i] ?? -Infinity,
    profileDeviation:
      p * (1 - p) * Math.sqrt(quadraticForm(discrimination, profiles[i]!.ability.covariance)),
  }));
  const probabilities = exploreProbabilities(ranking, explorable, terms);
  return {
    ...explore(ranking, explorable, terms, { uniform: () => terms.draw }),
    probabilityOf: (candidate) => probabilities.get(candidate) ?? 0,
  };
}
