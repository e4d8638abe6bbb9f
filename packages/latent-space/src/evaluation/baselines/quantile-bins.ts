/**
 * The paper's pricing (K quantile bins): queries are cut into bins of equal size by predicted
 * difficulty, and a model's cost in a bin is the mean cost of its known calls there. A bin without a
 * call has the model's mean.
 *
 * @param difficulty of each known call's query.
 * @param value what each known call cost.
 * @returns forecast for queries of the given difficulties; NaN when no call is known.
 */
export function quantileBinMeans(
  difficulty: ArrayLike<number>,
  value: ArrayLike<number>,
  bins: number,
  queries: ArrayLike<number>,
): Float64Array {
  const sorted = Float64Array.from(difficulty).sort();
  const edges = Array.from(
    { length: bins - 1 },
    (_, b) => sorted[Math.floor(((b + 1) * sorted.length) / bins)],
  );
  const binOf = (d: number) => edges.reduce((bin, edge) => bin + (d >= edge ? 1 : 0), 0);
  const sum = new Float64Array(bins);
  const count = new Float64Array(bins);
  let total = 0;
  for (let i = 0; i < value.length; i++) {
    const bin = binOf(difficulty[i]);
    sum[bin] += value[i];
    count[bin]++;
    total += value[i] / value.length;
  }
  return Float64Array.from(queries, (d) => {
    if (value.length === 0) return NaN;
    const bin = binOf(d);
    return count[bin] === 0 ? total : sum[bin] / count[bin];
  });
}
