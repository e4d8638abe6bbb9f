import type { AdminDecision } from '@zerorouter/contracts';

export const DIFFICULTY_BANDS = ['easiest third', 'middle third', 'hardest third'] as const;

/** How a model fares on recent decisions: forecasts, not grades. */
export interface TrafficFacts {
  /** Decisions that had it as a candidate. */
  decisions: number;
  /** Mean P(correct), and the means of both ends of its 90% intervals. */
  accuracy: { value: number; interval: [number, number] } | null;
  /** USD and ms per query, where they are known. */
  costUsd: number | null;
  latencyMs: number | null;
  /** Share of all decisions that chose it, in all and by difficulty. */
  chosen: number;
  chosenByDifficulty: number[];
}

/** One model after the other on the same decisions. */
export function trafficFacts(decisions: readonly AdminDecision[]): Map<string, TrafficFacts> {
  const bands = inThirds(decisions);
  const models = new Set(
    decisions.flatMap(({ candidates }) => candidates.map(({ model }) => model)),
  );
  return new Map([...models].map((model) => [model, factsOf(model, decisions, bands)]));
}

/**
 * Two models on the decisions that had both as candidates: the shares of them on which the first is
 * likelier to be right, and cheaper. Null where there is no such decision.
 */
export function headToHead(decisions: readonly AdminDecision[], first: string, second: string) {
  const both = decisions.flatMap(({ candidates }) => {
    const a = candidates.find(({ model }) => model === first);
    const b = candidates.find(({ model }) => model === second);
    return a === undefined || b === undefined ? [] : [[a, b] as const];
  });
  if (both.length === 0) return null;
  const priced = both.filter(([a, b]) => a.cost_usd !== null && b.cost_usd !== null);
  const share = (count: number, of: number) => (of === 0 ? null : count / of);
  return {
    decisions: both.length,
    likelier: share(both.filter(([a, b]) => a.p_correct > b.p_correct).length, both.length),
    cheaper: share(priced.filter(([a, b]) => a.cost_usd! < b.cost_usd!).length, priced.length),
  };
}

function factsOf(
  model: string,
  decisions: readonly AdminDecision[],
  bands: readonly (readonly AdminDecision[])[],
): TrafficFacts {
  const forecasts = decisions.flatMap(({ candidates }) =>
    candidates.filter((candidate) => candidate.model === model),
  );
  const chosenOf = (some: readonly AdminDecision[]) =>
    some.length === 0
      ? 0
      : some.filter((decision) => decision.model === model).length / some.length;
  const value = mean(forecasts.map(({ p_correct }) => p_correct));
  const low = mean(forecasts.map(({ interval }) => interval[0]));
  const high = mean(forecasts.map(({ interval }) => interval[1]));
  return {
    decisions: forecasts.length,
    accuracy:
      value === null || low === null || high === null ? null : { value, interval: [low, high] },
    costUsd: mean(forecasts.flatMap(({ cost_usd }) => cost_usd ?? [])),
    latencyMs: mean(forecasts.flatMap(({ latency_ms }) => latency_ms ?? [])),
    chosen: chosenOf(decisions),
    chosenByDifficulty: bands.map(chosenOf),
  };
}

/** The decisions by difficulty of their queries: three bands of the same size, give or take one. */
function inThirds(decisions: readonly AdminDecision[]): AdminDecision[][] {
  const sorted = [...decisions].sort((a, b) => a.query.difficulty - b.query.difficulty);
  const cut = (third: number) => Math.round((third * sorted.length) / 3);
  return [0, 1, 2].map((third) => sorted.slice(cut(third), cut(third + 1)));
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
