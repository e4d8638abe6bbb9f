import type { Candidate } from './score-models.js';

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
  /** Bound on the lower end of the interval of P(correct). */
  readonly minAccuracy?: number;
}

export const POLICY_PRESETS = {
  'max-accuracy': { accuracy: 1, cost: 0, latency: 0 },
  balanced: { accuracy: 1, cost: 0.05, latency: 0.02 },
  'min-cost': { accuracy: 0.1, cost: 1, latency: 0 },
  'min-latency': { accuracy: 0.1, cost: 0, latency: 1 },
} as const satisfies Record<string, UtilityWeights>;
export type PolicyPreset = keyof typeof POLICY_PRESETS;

/** Two utilities closer than this are a tie, which the cheaper model wins. */
export const NEAR_TIE = 1e-3;

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
  /** Eligible candidates, best first; the tail of it are the fallbacks. */
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
  const exclusions = candidates.map((c, i) => excluded[i] ?? violation(c, constraints));
  const eligible = candidates.filter((_, i) => exclusions[i] === null);
  const unknownCost = cautious(
    eligible.map((c) => c.costUsd),
    scales.costUsd,
  );
  const unknownLatency = cautious(
    eligible.map((c) => c.latencyS),
    scales.latencyS,
  );

  const terms = candidates.map((c, i): UtilityTerms | null =>
    exclusions[i] !== null
      ? null
      : {
          accuracy: weights.accuracy * c.probabilityCorrect,
          cost: (-weights.cost * (c.costUsd ?? unknownCost)) / scales.costUsd,
          latency: (-weights.latency * (c.latencyS ?? unknownLatency)) / scales.latencyS,
        },
  );
  const utilities = terms.map((t) => (t === null ? null : t.accuracy + t.cost + t.latency));
  const ranking = candidates
    .map((_, i) => i)
    .filter((i) => utilities[i] !== null)
    .sort((a, b) => utilities[b]! - utilities[a]! || a - b);
  preferCheaperNearTie(ranking, candidates, utilities, unknownCost);
  return { chosen: ranking[0] ?? null, ranking, utilities, terms, exclusions };
}

/** Moves the cheapest of those within {@link NEAR_TIE} of the best to the front. */
function preferCheaperNearTie(
  ranking: number[],
  candidates: readonly Candidate[],
  utilities: readonly (number | null)[],
  unknownCost: number,
): void {
  if (ranking.length < 2) return;
  const best = utilities[ranking[0]]!;
  let winner = 0;
  for (let r = 1; r < ranking.length && best - utilities[ranking[r]]! <= NEAR_TIE; r++) {
    const cost = (rank: number) => candidates[ranking[rank]].costUsd ?? unknownCost;
    if (cost(r) < cost(winner)) winner = r;
  }
  ranking.unshift(...ranking.splice(winner, 1));
}

function violation(candidate: Candidate, constraints: HardConstraints): string | null {
  const { maxCostUsd, maxLatencyS, minAccuracy } = constraints;
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
  if (minAccuracy !== undefined && candidate.interval[0] < minAccuracy)
    return `lower bound of P(correct) ${candidate.interval[0].toFixed(3)} < min_accuracy ${minAccuracy}`;
  return null;
}

/** Stand-in for an unknown value: the upper quartile of the known, at least the reference scale. */
function cautious(values: readonly (number | null)[], reference: number): number {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return Math.max(reference, known[Math.floor(0.75 * known.length)] ?? reference);
}
