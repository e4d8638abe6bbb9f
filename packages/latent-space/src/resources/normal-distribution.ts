/** The 95th percentile of N(0, 1). */
export const NORMAL_95 = 1.6448536269514722;

/**
 * Φ(x) of N(0, 1), by the complementary error function's Chebyshev fit (Press et al. 2007, § 6.2.2):
 * relative error below 1.2·10⁻⁷.
 */
export function normalCumulative(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + z / 2);
  const polynomial = ERFC_COEFFICIENTS.reduceRight((sum, c) => c + t * sum, 0);
  const tail = (t * Math.exp(-z * z + polynomial)) / 2;
  return x >= 0 ? 1 - tail : tail;
}

const ERFC_COEFFICIENTS = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
];

/**
 * Φ⁻¹(p) by bisection on {@link normalCumulative}, to 10⁻⁹.
 * @throws RangeError unless 0 < p < 1.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`quantile ${p} is outside (0, 1)`);
  let low = -40;
  let high = 40;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (normalCumulative(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
