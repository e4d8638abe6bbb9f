/** y = intercept + slope·x. */
export interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/** With fewer points than this a slope is chance. */
const FEWEST_FOR_SLOPE = 8;

/** Tukey's bisquare keeps 95% of the efficiency of least squares on normal errors with this many deviations. */
const BISQUARE = 4.685;
const MAD_TO_DEVIATION = 1.4826;
const STEPS = 10;

/**
 * A line through y > 0 with errors in proportion to it, of which some are anything: Theil–Sen, the median slope
 * over all pairs, then bisquare steps on relative residuals (Maronna et al. 2019, ch. 5). The slope is not below
 * 0; few points, or one x for all, give a level line at the median.
 * @throws RangeError for no points.
 */
export function fitRisingLine(x: ArrayLike<number>, y: ArrayLike<number>): Line {
  const level = { intercept: median(y), slope: 0 };
  if (x.length < FEWEST_FOR_SLOPE) return level;
  const slopes: number[] = [];
  for (let i = 0; i < x.length; i++)
    for (let j = 0; j < i; j++) if (x[i] !== x[j]) slopes.push((y[i] - y[j]) / (x[i] - x[j]));
  if (slopes.length === 0) return level;
  const slope = median(slopes);
  let line = { intercept: median(Array.from(y, (value, i) => value - slope * x[i])), slope };
  for (let step = 0; step < STEPS; step++) {
    const refined = bisquareStep(x, y, line);
    if (refined === null) break;
    line = refined;
  }
  return line.slope > 0 ? line : level;
}

/** Weighted least squares with the weights of the last line's residuals; null where they do not tell. */
function bisquareStep(x: ArrayLike<number>, y: ArrayLike<number>, line: Line): Line | null {
  const fitted = Array.from(x, (value) => line.intercept + line.slope * value);
  if (fitted.some((value) => !(value > 0))) return null;
  const residuals = fitted.map((value, i) => (y[i] - value) / value);
  const reach = BISQUARE * MAD_TO_DEVIATION * median(residuals.map(Math.abs));
  if (reach === 0) return null;
  let [sum, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  residuals.forEach((residual, i) => {
    const share = Math.max(0, 1 - (residual / reach) ** 2) ** 2 / fitted[i] ** 2;
    sum += share;
    sumX += share * x[i];
    sumY += share * y[i];
    sumXX += share * x[i] ** 2;
    sumXY += share * x[i] * y[i];
  });
  const spread = sum * sumXX - sumX ** 2;
  if (!(spread > 0)) return null;
  const slope = (sum * sumXY - sumX * sumY) / spread;
  return { intercept: (sumY - slope * sumX) / sum, slope };
}

/**
 * The line through the origin of least absolute deviations: the median of y/x, weighted by x.
 * @param x all above 0.
 * @throws RangeError for no points.
 */
export function fitProportion(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length === 0) throw new RangeError('no points to fit a proportion to');
  const ratios = Array.from(x, (weight, i) => ({ ratio: y[i] / weight, weight })).sort(
    (a, b) => a.ratio - b.ratio,
  );
  const half = ratios.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let passed = 0;
  return ratios.find(({ weight }) => (passed += weight) >= half)!.ratio;
}

/** Median; the mean of the middle two. @throws RangeError for no values. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) throw new RangeError('no values to take a median of');
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
