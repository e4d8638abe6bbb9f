/**
 * UniRoute's forecast (Jitkrittum et al. 2025): a model's accuracy in the cluster of the query,
 * shrunk toward its mean by `strength` pseudo-answers, so that an empty cluster says the mean.
 *
 * @param cluster cluster of each labelled query.
 * @returns forecast per cluster.
 */
export function clusterAccuracies(
  cluster: ArrayLike<number>,
  labels: ArrayLike<number>,
  clusters: number,
  center: number,
  strength: number,
): Float64Array {
  const sum = new Float64Array(clusters).fill(strength * center);
  const count = new Float64Array(clusters).fill(strength);
  for (let i = 0; i < labels.length; i++) {
    sum[cluster[i]] += labels[i];
    count[cluster[i]]++;
  }
  return sum.map((total, c) => total / count[c]);
}

/** Mean label, shrunk toward `center` by `strength` pseudo-answers. */
export function shrunkMean(labels: ArrayLike<number>, center: number, strength: number): number {
  let sum = strength * center;
  for (let i = 0; i < labels.length; i++) sum += labels[i];
  return sum / (labels.length + strength);
}
