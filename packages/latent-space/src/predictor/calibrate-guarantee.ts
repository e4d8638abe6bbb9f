/** Forecasts of held-out answers beside what happened. */
export interface GuaranteeCells {
  /** Lower end of the 90% interval of P(correct). */
  readonly lowerBound: ArrayLike<number>;
  /** In [0, 1]. */
  readonly score: ArrayLike<number>;
  /** One over the number of the query's answers, so that queries count alike. */
  readonly weight: ArrayLike<number>;
}

export interface GuaranteeLevel {
  /** The mean score that is promised of what is admitted. */
  readonly minAccuracy: number;
  /** What the lower end of a candidate's interval must reach; null = no threshold keeps the promise. */
  readonly lowerBound: number | null;
}

/** The promises that a space is calibrated for; a request between two of them gets the higher. */
export const GUARANTEE_LEVELS = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.975];

/**
 * The guaranteed tier by conformal risk control (Angelopoulos et al. 2022): for each level 1 − α the
 * least threshold t on the lower bound at which the corrected risk of what is admitted,
 *   (Σ_{b ≥ t} w·(1 − y) + 1) / (Σ_{b ≥ t} w + 1) ≤ α.
 * The added one is the worst that the next query could do. The risk is that of the admitted alone, a
 * ratio that need not fall as t grows, which the exact theorem asks for: what it promises holds up to
 * the choice of t among the data, and is therefore measured on queries that did not choose it. It is a
 * promise about the mean of such queries, not about each, and about traffic like the calibration's.
 */
export function calibrateGuarantee(
  cells: GuaranteeCells,
  levels: readonly number[] = GUARANTEE_LEVELS,
): GuaranteeLevel[] {
  const { lowerBound, score, weight } = cells;
  const order = Float64Array.from({ length: score.length }, (_, c) => c).sort(
    (a, b) => lowerBound[b] - lowerBound[a] || a - b,
  );
  const found = levels.map((minAccuracy) => ({ minAccuracy, lowerBound: null as number | null }));
  let admitted = 0;
  let wrong = 0;
  for (let rank = 0; rank < order.length; rank++) {
    const cell = order[rank];
    admitted += weight[cell];
    wrong += weight[cell] * (1 - score[cell]);
    // A threshold admits all that lie at it.
    if (rank + 1 < order.length && lowerBound[order[rank + 1]] === lowerBound[cell]) continue;
    const risk = (wrong + 1) / (admitted + 1);
    for (const level of found)
      if (risk <= 1 - level.minAccuracy) level.lowerBound = lowerBound[cell];
  }
  return found;
}

/**
 * The threshold for a requested mean score: that of the next calibrated level. Without one (none was
 * calibrated, or none so high can be promised) the lower bound itself has to reach the request.
 */
export function guaranteeThreshold(
  guarantee: readonly GuaranteeLevel[] | undefined,
  minAccuracy: number,
): number {
  const level = guarantee?.find((one) => one.minAccuracy >= minAccuracy);
  return level?.lowerBound ?? minAccuracy;
}

/** Share of the weight that the thresholds admit, and its mean score; null where nothing is admitted. */
export function judgeGuarantee(
  { lowerBound, score, weight }: GuaranteeCells,
  levels: readonly GuaranteeLevel[],
): { minAccuracy: number; admitted: number; accuracy: number | null }[] {
  return levels.map((level) => {
    let all = 0;
    let admitted = 0;
    let right = 0;
    for (let c = 0; c < score.length; c++) {
      all += weight[c];
      if (level.lowerBound === null || lowerBound[c] < level.lowerBound) continue;
      admitted += weight[c];
      right += weight[c] * score[c];
    }
    return {
      minAccuracy: level.minAccuracy,
      admitted: all === 0 ? 0 : admitted / all,
      accuracy: admitted === 0 ? null : right / admitted,
    };
  });
}
