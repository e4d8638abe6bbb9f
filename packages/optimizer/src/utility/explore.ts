import type { Random } from '@zerorouter/latent-space';

/** What exploration needs to know of an eligible candidate. */
export interface ExplorableCandidate {
  /** Standard deviation of the estimate of the model's accuracy: large while its profile is young. */
  readonly profileDeviation: number;
  readonly utility: number;
}

export interface ExplorationLimits {
  /** Share of decisions that may explore, in [0, 1]. */
  readonly share: number;
  /** Utility that an explored candidate may lag behind the best. */
  readonly maxRegret: number;
  /** Profiles of at least this standard deviation are young. */
  readonly youngFrom: number;
}

export interface ExploredDecision {
  /** Index of the candidate. */
  readonly chosen: number;
  /** Probability with which this candidate was chosen, for off-policy estimates. */
  readonly propensity: number;
  /** Whether it is not the best by utility. */
  readonly explored: boolean;
}

/**
 * Epsilon-greedy among young profiles: with probability `share` one of the young candidates within
 * `maxRegret` of the best is taken instead of it, in proportion to their profiles' variances. The
 * expected utility given up is at most `share · maxRegret` a decision.
 * @param ranking indices of the eligible candidates, best first; at least one.
 * @throws RangeError when the ranking is empty or a limit is out of range.
 */
export function explore(
  ranking: readonly number[],
  candidates: readonly ExplorableCandidate[],
  limits: ExplorationLimits,
  random: Pick<Random, 'uniform'>,
): ExploredDecision {
  const { share } = limits;
  const { best, young, weights, total } = youngNear(ranking, candidates, limits);
  // Drawn in any case, so that what comes after does not depend on the candidates.
  const draw = random.uniform();
  if (!(total > 0) || draw >= share)
    return { chosen: best, propensity: total > 0 ? 1 - share : 1, explored: false };
  let place = (draw / share) * total;
  const at = weights.findIndex((weight) => (place -= weight) < 0);
  const k = at < 0 ? young.length - 1 : at;
  return { chosen: young[k], propensity: (share * weights[k]) / total, explored: true };
}

/**
 * The probabilities with which {@link explore} chooses, by index; what is not there is never chosen.
 * @throws RangeError as explore().
 */
export function exploreProbabilities(
  ranking: readonly number[],
  candidates: readonly ExplorableCandidate[],
  limits: ExplorationLimits,
): ReadonlyMap<number, number> {
  const { share } = limits;
  const { best, young, weights, total } = youngNear(ranking, candidates, limits);
  if (!(total > 0)) return new Map([[best, 1]]);
  return new Map([
    [best, 1 - share],
    ...young.map((i, k): [number, number] => [i, (share * weights[k]) / total]),
  ]);
}

/** The best, and the young ones within the regret of it with their profiles' variances. */
function youngNear(
  ranking: readonly number[],
  candidates: readonly ExplorableCandidate[],
  { share, maxRegret, youngFrom }: ExplorationLimits,
): { best: number; young: number[]; weights: number[]; total: number } {
  if (ranking.length === 0) throw new RangeError('there is no candidate to choose from');
  if (!(share >= 0 && share <= 1)) throw new RangeError(`share must lie in [0, 1], got ${share}`);
  if (!(maxRegret >= 0)) throw new RangeError(`maxRegret must be at least 0, got ${maxRegret}`);
  const best = ranking[0];
  const young = ranking.filter(
    (i) =>
      i !== best &&
      candidates[i].profileDeviation >= youngFrom &&
      candidates[best].utility - candidates[i].utility <= maxRegret,
  );
  const weights = young.map((i) => candidates[i].profileDeviation ** 2);
  return { best, young, weights, total: weights.reduce((sum, weight) => sum + weight, 0) };
}
