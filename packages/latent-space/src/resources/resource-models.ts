/** What the resource models read of a query. */
export interface QueryResources {
  /** E[log output tokens] before the model's own offset. */
  readonly logOutputTokens: number;
  readonly inputTokens: number;
}

/** log L = level(x) + offset; E[L] = exp(level + offset) · smearing (Duan 1983). */
export interface LengthModel {
  readonly offset: number;
  readonly offsetVariance: number;
  readonly smearing: number;
}

export type CostModel =
  | {
      readonly kind: 'prices';
      /** USD per million tokens. */
      readonly inputPerMtok: number;
      readonly outputPerMtok: number;
    }
  | {
      readonly kind: 'linear';
      /** USD = base + perInputToken·n_in + perOutputToken·exp(logOutputTokens). */
      readonly base: number;
      readonly perInputToken: number;
      readonly perOutputToken: number;
    };

/** Seconds end to end = base + perInputToken·n_in + perOutputToken·E[output tokens]. */
export interface LatencyModel {
  readonly base: number;
  readonly perInputToken: number;
  readonly perOutputToken: number;
  /** p95 ÷ mean. */
  readonly p95Ratio: number;
}

/** Expected output tokens of one call; `maxTokens` caps it as the request does. */
export function expectedOutputTokens(
  query: QueryResources,
  length: LengthModel | null,
  maxTokens?: number,
): number | null {
  if (length === null) return null;
  const tokens = Math.exp(query.logOutputTokens + length.offset) * length.smearing;
  return maxTokens === undefined ? tokens : Math.min(tokens, maxTokens);
}

/** Expected USD of one call; null where prices are known and the output length is not. */
export function expectedCostUsd(
  query: QueryResources,
  cost: CostModel | null,
  outputTokens: number | null,
): number | null {
  if (cost === null) return null;
  if (cost.kind === 'linear')
    return (
      cost.base +
      cost.perInputToken * query.inputTokens +
      cost.perOutputToken * Math.exp(query.logOutputTokens)
    );
  if (outputTokens === null) return null;
  return (query.inputTokens * cost.inputPerMtok + outputTokens * cost.outputPerMtok) / 1e6;
}

/** Expected and 95th-percentile seconds of one call, end to end. */
export function expectedLatencyS(
  query: QueryResources,
  latency: LatencyModel | null,
  outputTokens: number | null,
): { mean: number; p95: number } | null {
  if (latency === null) return null;
  if (outputTokens === null && latency.perOutputToken > 0) return null;
  const mean =
    latency.base +
    latency.perInputToken * query.inputTokens +
    latency.perOutputToken * (outputTokens ?? 0);
  return { mean, p95: mean * latency.p95Ratio };
}
