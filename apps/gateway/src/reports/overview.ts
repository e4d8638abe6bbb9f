import type { OverviewView, TrafficView } from '@zerorouter/contracts';
import type { TrafficRow } from '@zerorouter/database';

/** Standard normal quantile of a central 90% interval. */
const Z90 = 1.6448536;
const MOST_BUCKETS = 60;
const MOST_MODELS = 100;
const MINUTE = 60;
const DAY = 86_400;
/** Lengths that people read easily, seconds. */
const LENGTHS = [1, 5, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * MINUTE);

/** The shortest readable length with which a period has at most sixty buckets, seconds. */
export function bucketLength(fromMs: number, toMs: number): number {
  const least = (toMs - fromMs) / 1_000 / MOST_BUCKETS;
  return LENGTHS.find((length) => length >= least) ?? Math.ceil(least / DAY) * DAY;
}

/**
 * Wilson's interval of a mean of `count` scores in [0, 1]: exact in spirit for right and wrong, and on
 * the wide side for scores between them.
 */
export function wilsonInterval(mean: number, count: number): [number, number] {
  const z2 = Z90 ** 2 / count;
  const middle = (mean + z2 / 2) / (1 + z2);
  const half = (Math.sqrt((mean * (1 - mean)) / count + z2 / (4 * count)) * Z90) / (1 + z2);
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

/** Rows of one period, arranged for people. */
export function viewOverview(
  rows: readonly TrafficRow[],
  { from, to, bucketS }: { from: Date; to: Date; bucketS: number },
): OverviewView {
  const total = rows.find(({ at, model }) => at === null && model === null);
  return {
    from: from.toISOString(),
    to: to.toISOString(),
    bucket_s: bucketS,
    total: total === undefined ? NOTHING : viewTraffic(total),
    buckets: rows.flatMap((row) =>
      row.at === null ? [] : [{ at: row.at.toISOString(), ...viewTraffic(row) }],
    ),
    models: rows
      .flatMap((row) => (row.model === null ? [] : [{ model: row.model, ...viewTraffic(row) }]))
      .slice(0, MOST_MODELS),
  };
}

const NOTHING: TrafficView = {
  decisions: 0,
  cost_usd: 0,
  priced: 0,
  predicted_accuracy: null,
  judged: 0,
  realised_accuracy: null,
  realised_interval: null,
  judged_predicted_accuracy: null,
  judged_predicted_interval: null,
  overhead_ms: null,
};

function viewTraffic(row: TrafficRow): TrafficView {
  const { judged, meanScore, judgedMeanCorrect, judgedVariance, overheadP50, overheadP99 } = row;
  return {
    decisions: row.decisions,
    cost_usd: row.costUsd,
    priced: row.priced,
    predicted_accuracy: row.meanCorrect,
    judged,
    realised_accuracy: meanScore,
    realised_interval: meanScore === null ? null : wilsonInterval(meanScore, judged),
    judged_predicted_accuracy: judgedMeanCorrect,
    judged_predicted_interval:
      judgedMeanCorrect === null || judgedVariance === null
        ? null
        : around(judgedMeanCorrect, (Z90 * Math.sqrt(judgedVariance)) / judged),
    overhead_ms:
      overheadP50 === null || overheadP99 === null ? null : { p50: overheadP50, p99: overheadP99 },
  };
}

/** Answers are independent given their probabilities: the variance of their mean is Σ p(1 − p) / n². */
function around(mean: number, half: number): [number, number] {
  return [Math.max(0, mean - half), Math.min(1, mean + half)];
}
