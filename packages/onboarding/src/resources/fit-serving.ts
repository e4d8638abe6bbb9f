import type { LatencyModel, LengthModel } from '@zerorouter/latent-space';
import { expectedOutputTokens, fitLatency } from '@zerorouter/latent-space';
import { fitProportion, fitRisingLine, median } from './robust-line.js';

/** What one answer took; null where unknown. */
export interface ServedAnswer {
  /** Estimated from the text: all that is known of a query beforehand. */
  readonly inputEstimate: number;
  /** Expected log output tokens, before the model's own offset. */
  readonly level: number | null;
  readonly outputTokens: number | null;
  readonly ttftMs: number | null;
  readonly totalMs: number | null;
}

/** Ms = ttft + ttftPerInputToken·n_in + tpot·(output tokens − 1). */
export interface ServingTimes {
  readonly ttftMs: number;
  readonly ttftMsPerInputToken: number;
  readonly tpotMs: number;
}

export interface ServingFit {
  /** As a profile keeps it, seconds end to end; null where no time is known. */
  readonly latency: LatencyModel | null;
  /** Null where first token and generation could not be told apart. */
  readonly times: ServingTimes | null;
}

/** Fewest streamed answers that tell first token and generation apart. */
const FEWEST_STREAMED = 3;

/** An answer that arrives at once but for this share of its time was not streamed. */
const BUFFERED_SHARE = 0.01;

/** The 95th percentile of N(0, 1), and answers at which an observed quantile is worth as much as the log-normal's. */
const NORMAL_95 = 1.6448536269514722;
const QUANTILE_WEIGHT = 20;

/**
 * Latency from calls: time to first token over input tokens by a robust line, time per output token by least
 * absolute deviations, so that a stalled call in ten moves neither. Without first-token times, or where a
 * provider sends whole answers at once, the end-to-end fit of recorded answers.
 */
export function fitServing(
  answers: readonly ServedAnswer[],
  length: LengthModel | null,
): ServingFit {
  const timed = answers.filter(({ totalMs }) => totalMs !== null);
  if (timed.length === 0) return { latency: null, times: null };
  const times = tellApart(timed);
  if (times === null) return { latency: endToEnd(timed, length), times };
  const base = Math.max(0, times.ttftMs - times.tpotMs) / 1000;
  const perInputToken = times.ttftMsPerInputToken / 1000;
  const perOutputToken = times.tpotMs / 1000;
  const ratios = timed.flatMap((answer) => {
    const tokens = expectedTokens(answer, length) ?? answer.outputTokens;
    if (tokens === null) return [];
    const expected = base + perInputToken * answer.inputEstimate + perOutputToken * tokens;
    return expected > 0 && answer.totalMs! > 0 ? [Math.log(answer.totalMs! / 1000 / expected)] : [];
  });
  return {
    latency: { base, perInputToken, perOutputToken, p95Ratio: upperRatio(ratios) },
    times,
  };
}

function tellApart(timed: readonly ServedAnswer[]): ServingTimes | null {
  const streamed = timed.flatMap(({ inputEstimate, outputTokens, ttftMs, totalMs }) =>
    ttftMs === null || outputTokens === null || outputTokens < 2
      ? []
      : [{ inputEstimate, ttftMs, generationMs: Math.max(0, totalMs! - ttftMs), outputTokens }],
  );
  if (streamed.length < FEWEST_STREAMED) return null;
  const shares = streamed.map(({ ttftMs, generationMs }) => generationMs / (ttftMs + generationMs));
  if (!(median(shares) > BUFFERED_SHARE)) return null;
  const line = fitRisingLine(
    streamed.map((answer) => answer.inputEstimate),
    streamed.map((answer) => answer.ttftMs),
  );
  return {
    ttftMs: Math.max(0, line.intercept),
    ttftMsPerInputToken: line.slope,
    tpotMs: fitProportion(
      streamed.map((answer) => answer.outputTokens - 1),
      streamed.map((answer) => answer.generationMs),
    ),
  };
}

function endToEnd(timed: readonly ServedAnswer[], length: LengthModel | null): LatencyModel | null {
  const expected = timed.map((answer) => expectedTokens(answer, length));
  return fitLatency(
    timed.map(({ inputEstimate }) => inputEstimate),
    expected.every((tokens) => tokens !== null) ? expected : null,
    timed.map(({ totalMs }) => totalMs! / 1000),
  );
}

/** What a forecast would have said of the answer's length. */
function expectedTokens({ level }: ServedAnswer, length: LengthModel | null): number | null {
  return level === null
    ? null
    : expectedOutputTokens({ logOutputTokens: level, inputTokens: 0 }, length);
}

/** 95th percentile of call ÷ forecast, from log ratios: the observed one, and the log-normal's while calls are few. */
function upperRatio(logRatios: readonly number[]): number {
  const n = logRatios.length;
  if (n === 0) return 1;
  const sorted = [...logRatios].sort((a, b) => a - b);
  const mean = sorted.reduce((sum, ratio) => sum + ratio, 0) / n;
  const squares = sorted.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
  const normal = mean + NORMAL_95 * Math.sqrt(squares / Math.max(1, n - 1));
  const observed = sorted[Math.min(n - 1, Math.floor(0.95 * n))];
  return Math.max(1, Math.exp((n * observed + QUANTILE_WEIGHT * normal) / (n + QUANTILE_WEIGHT)));
}
