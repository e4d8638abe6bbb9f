/** One bar of a reliability diagram. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly cells: number;
  /** Mean forecast and mean score of the bin's cells; NaN when it is empty. */
  readonly forecast: number;
  readonly score: number;
}

const DEFAULT_BINS = 15;

/** Cells by forecast, in bins of equal width over [0, 1]; the last bin holds its upper end. */
export function reliabilityBins(
  scores: ArrayLike<number>,
  forecasts: ArrayLike<number>,
  bins = DEFAULT_BINS,
): ReliabilityBin[] {
  const cells = new Float64Array(bins);
  const forecast = new Float64Array(bins);
  const score = new Float64Array(bins);
  for (let i = 0; i < scores.length; i++) {
    const bin = Math.min(bins - 1, Math.floor(forecasts[i] * bins));
    cells[bin]++;
    forecast[bin] += forecasts[i];
    score[bin] += scores[i];
  }
  return Array.from({ length: bins }, (_, bin) => ({
    low: bin / bins,
    high: (bin + 1) / bins,
    cells: cells[bin],
    forecast: forecast[bin] / cells[bin],
    score: score[bin] / cells[bin],
  }));
}

/**
 * Expected calibration error Σ_b (n_b/n)·|mean forecast − mean score| (Naeini et al. 2015). NaN for
 * no cell.
 */
export function expectedCalibrationError(
  scores: ArrayLike<number>,
  forecasts: ArrayLike<number>,
  bins = DEFAULT_BINS,
): number {
  if (scores.length === 0) return NaN;
  let sum = 0;
  for (const bin of reliabilityBins(scores, forecasts, bins))
    if (bin.cells > 0) sum += (bin.cells / scores.length) * Math.abs(bin.forecast - bin.score);
  return sum;
}
