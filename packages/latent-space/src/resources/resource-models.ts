import { normalCumulative, normalQuantile } from './normal-distribution.js';

/** What the resource models read of a query. */
export interface QueryResources {
  /** E[log output tokens] before the model's own offset. */
  readonly logOutputTokens: number;
  readonly inputTokens: number;
}

/** log L = level(x) + offset + noise; E[L] = exp(level + offset) · smearing (Duan 1983). */
export interface LengthModel {
  readonly offset: number;
  readonly offsetVariance: number;
  readonly smearing: number;
  /** Standard deviation of the noise; where it is not known, that of a log-normal with this smearing. */
  readonly logDeviation?: number | undefined;
}

/** A model's own count of a query's input tokens = base + perToken · estimate. */
export interface InputCount {
  readonly base: number;
  readonly perToken: number;
}

export type CostModel =
  | {
      readonly kind: 'prices';
      /** USD per million tokens. */
      readonly inputPerMtok: number;
      readonly outputPerMtok: number;
      /** Of input that the provider finds in its prompt cache; absent = as any other. */
      readonly cachedInputPerMtok?: number | undefined;
      /** What the input is counted as; the estimate itself where it is not known. */
      readonly inputCount?: InputCount | undefined;
    }
  | {
      readonly kind: 'linear';
      /** USD = base + perInputToken·n_in + perOutputToken·exp(logOutputTokens). */
      readonly base: number;
      readonly perInputToken: number;
      readonly perOutputToken: number;
      /** Standard deviation of log(cost/prediction). */
      readonly logDeviation?: number | undefined;
    };

/** Seconds end to end = base + perInputToken·n_in + perOutputToken·E[output tokens]. */
export interface LatencyModel {
  readonly base: number;
  readonly perInputToken: number;
  readonly perOutputToken: number;
  /** p95 ÷ mean. */
  readonly p95Ratio: number;
}

/**
 * Expected output tokens of one call. A request's `maxTokens` cuts off the long answers only, so that
 * the mean falls below it: E[min(L, M)] of a log-normal L.
 */
export function expectedOutputTokens(
  query: QueryResources,
  length: LengthModel | null,
  maxTokens?: number,
): number | null {
  if (length === null) return null;
  const tokens = Math.exp(query.logOutputTokens + length.offset) * length.smearing;
  if (maxTokens === undefined) return tokens;
  const deviation = lengthDeviation(length);
  if (deviation === 0) return Math.min(tokens, maxTokens);
  const cut = (Math.log(maxTokens / tokens) + deviation ** 2 / 2) / deviation;
  return tokens * normalCumulative(cut - deviation) + maxTokens * (1 - normalCumulative(cut));
}

/**
 * A quantile of one call's output tokens, log-normal around level + offset with the offset's own
 * uncertainty.
 */
export function outputTokensQuantile(
  query: QueryResources,
  length: LengthModel,
  probability: number,
): number {
  const deviation = Math.sqrt(lengthDeviation(length) ** 2 + length.offsetVariance);
  return Math.exp(query.logOutputTokens + length.offset + normalQuantile(probability) * deviation);
}

function lengthDeviation({ logDeviation, smearing }: LengthModel): number {
  return logDeviation ?? Math.sqrt(Math.max(0, 2 * Math.log(smearing)));
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
  const inputTokens = countedInput(query.inputTokens, cost.inputCount);
  return (inputTokens * cost.inputPerMtok + outputTokens * cost.outputPerMtok) / 1e6;
}

/**
 * USD that one call costs less because the provider has read the beginning of its input before and finds
 * it in its prompt cache; 0 where no price of cached input is known.
 * @param seenTokens estimate of that beginning; what goes beyond the input counts for nothing.
 */
export function cachedPromptSavingUsd(
  query: QueryResources,
  cost: CostModel | null,
  seenTokens: number,
): number {
  if (cost?.kind !== 'prices' || cost.cachedInputPerMtok === undefined) return 0;
  const cached = countedInput(Math.min(seenTokens, query.inputTokens), cost.inputCount);
  return (cached * Math.max(0, cost.inputPerMtok - cost.cachedInputPerMtok)) / 1e6;
}

function countedInput(estimate: number, count: InputCount | undefined): number {
  return count === undefined ? estimate : count.base + count.perToken * estimate;
}

/** A quantile of one call's USD; null where its cost or the spread of it is unknown. */
export function costUsdQuantile(
  query: QueryResources,
  { cost, length }: { readonly cost: CostModel | null; readonly length: LengthModel | null },
  probability: number,
): number | null {
  if (cost === null) return null;
  if (cost.kind === 'prices')
    return length === null
      ? null
      : expectedCostUsd(query, cost, outputTokensQuantile(query, length, probability));
  if (cost.logDeviation === undefined) return null;
  const mean = expectedCostUsd(query, cost, null)!;
  const { logDeviation: deviation } = cost;
  return mean * Math.exp(normalQuantile(probability) * deviation - deviation ** 2 / 2);
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
