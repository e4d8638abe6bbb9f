import type { Candidate } from '@zerorouter/latent-space';

/**
 * Utility mode: argmax w_a·p̂ − w_c·ĉ/c_ref − w_l·T̂/T_ref. The reference scales are fixed per latent
 * space: scaling by the minimum and maximum of each query would break monotonicity in the weights.
 */
export interface UtilityWeights {
  readonly accuracy: number;
  readonly cost: number;
  readonly latency: number;
}

/** USD and seconds of a typical call. */
export interface ReferenceScales {
  readonly costUsd: number;
  readonly latencyS: number;
}

/** Hard filters, applied before scoring; absent = no bound. */
export interface HardConstraints {
  readonly maxCostUsd?: number;
  /** Bound on the predicted 95th percentile of the end-to-end latency, seconds. */
  readonly maxLatencyS?: number;
  /** The guaranteed tier: the mean score that is wanted of what is admitted. */
  readonly minAccuracy?: number;
  /** What the lower end of the interval of P(correct) must reach for it; absent = `minAccuracy` itself. */
  readonly minLowerBound?: number;
}

export const POLICY_PRESETS = {
  'max-accuracy': { accuracy: 1, cost: 0, latency: 0 },
  balanced: { accuracy: 1, cost: 0.05, latency: 0.02 },
  'min-cost': { accuracy: 0.1, cost: 1, latency: 0 },
  'min-latency': { accuracy: 0.1, cost: 0, latency: 1 },
} as const satisfies Record<string, UtilityWeights>;
export type PolicyPreset = keyof typeof POLICY_PRESETS;

/**
 * Near-ties go to the cheaper model: an expensive one has to lead by up to this much utility, see
 * {@link nearTieToll}. A toll, and not "the cheapest of those within a tie of the best", because the
 * latter is not monotone: raising the weight of accuracy may bring a cheap, less accurate model
 * within the tie.
 */
export const NEAR_TIE = 2e-3;

/**
 * NEAR_TIE·ĉ/(ĉ + c_ref): rises with the cost, never above NEAR_TIE, and does not depend on the
 * weights, so that the choice stays monotone in each of them.
 */
export function nearTieToll(costUsd: number, scales: ReferenceScales): number {
  return (NEAR_TIE * costUsd) / (costUsd + scales.costUsd);
}

/** The dial: 0 is the cheapest, 1 the most accurate; between them the cost weight falls off as (1−x)³. */
export function weightsFromDial(dial: number): UtilityWeights {
  if (!(dial >= 0 && dial <= 1)) throw new RangeError(`dial must lie in [0, 1], got ${dial}`);
  return { accuracy: dial, cost: (1 - dial) ** 3, latency: 0 };
}

/** w_a·p̂, −w_c·ĉ/c_ref and −w_l·T̂/T_ref. */
export interface UtilityTerms {
  readonly accuracy: number;
  readonly cost: number;
  readonly latency: number;
}

export interface UtilityDecision {
  /** Index of the chosen candidate; null when every one is excluded. */
  readonly chosen: number | null;
  /** Eligible candidates by utility less near-tie toll, best first; the tail of it are the fallbacks. */
  readonly ranking: readonly number[];
  /** Per candidate; null for the excluded. */
  readonly utilities: readonly (number | null)[];
  /** Per candidate: what its utility is the sum of. */
  readonly terms: readonly (UtilityTerms | null)[];
  /** Per candidate: why it was excluded, or null. */
  readonly exclusions: readonly (string | null)[];
}

/**
 * Filters, scores and ranks. An unknown cost or latency counts as the upper quartile of the known
 * among the eligible, and at least as the reference scale: ignorance never makes a model look cheap.
 * @param excluded reasons from outside (allow-list, context window, …), per candidate.
 */
export function decideByUtility(
  candidates: readonly Candidate[],
  weights: UtilityWeights,
  scales: ReferenceScales,
  constraints: HardConstraints = {},
  excluded: readonly (string | null)[] = [],
): UtilityDecision {
  const count = candidates.length;
  const exclusions = candidates.map((c, i) => excluded[i] ?? violation(c, constraints));
  const ranking: number[] = [];
  const costs: number[] = [];
  const latencies: number[] = [];
  for (let i = 0; i < count; i++) {
    if (exclusions[i] !== null) continue;
    ranking.push(i);
    const { costUsd, latencyS } = candidates[i];
    if (costUsd !== null) costs.push(costUsd);
    if (latencyS !== null) latencies.push(latencyS);
  }
  const unknownCost = standIn(Float64Array.from(costs), scales.costUsd);
  const unknownLatency = standIn(Float64Array.from(latencies), scales.latencyS);

  const terms = new Array<UtilityTerms | null>(count).fill(null);
  const utilities = new Array<number | null>(count).fill(null);
  const merits = new Float64Array(count);
  for (const i of ranking) {
    const { probabilityCorrect, costUsd, latencyS } = candidates[i];
    const cost = costUsd ?? unknownCost;
    const own = {
      accuracy: weights.accuracy * probabilityCorrect,
      cost: (-weights.cost * cost) / scales.costUsd,
      latency: (-weights.latency * (latencyS ?? unknownLatency)) / scales.latencyS,
    };
    const utility = own.accuracy + own.cost + own.latency;
    terms[i] = own;
    utilities[i] = utility;
    merits[i] = utility - nearTieToll(cost, scales);
  }
  ranking.sort((a, b) => merits[b] - merits[a] || a - b);
  return { chosen: ranking[0] ?? null, ranking, utilities, terms, exclusions };
}

function violation(candidate: Candidate, constraints: HardConstraints): string | null {
  const { maxCostUsd, maxLatencyS, minAccuracy, minLowerBound = minAccuracy } = constraints;
  if (maxCostUsd !== undefined) {
    if (candidate.costUsd === null) return 'cost unknown, and max_cost_usd is set';
    if (candidate.costUsd > maxCostUsd)
      return `predicted cost $${candidate.costUsd.toPrecision(3)} > max_cost_usd $${maxCostUsd}`;
  }
  if (maxLatencyS !== undefined) {
    if (candidate.latencyP95S === null) return 'latency unknown, and max_latency_ms is set';
    if (candidate.latencyP95S > maxLatencyS)
      return `predicted p95 latency ${Math.round(candidate.latencyP95S * 1000)} ms > max_latency_ms ${Math.round(maxLatencyS * 1000)}`;
  }
  if (minLowerBound !== undefined && candidate.interval[0] < minLowerBound)
    return `lower bound of P(correct) ${candidate.interval[0].toFixed(3)} < ${minLowerBound.toFixed(3)}, needed for min_accuracy ${minAccuracy}`;
  return null;
}

/** For an unknown cost or latency: the upper quartile of the known (sorted in place), at least the reference. */
export function standIn(known: Float64Array, reference: number): number {
  return Math.max(reference, known.sort()[Math.floor(0.75 * known.length)] ?? reference);
}
