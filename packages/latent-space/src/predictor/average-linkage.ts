/**
 * Agglomerative clustering by average linkage (Sokal & Michener 1958): the two clusters that are most
 * alike on average are joined until `count` are left. Deterministic; for dozens of members, its cost
 * grows with the cube.
 *
 * @param similarity symmetric, n × n row-major.
 * @returns the cluster of each member, numbered from 0 in the order of their first members.
 */
export function averageLinkage(similarity: ArrayLike<number>, count: number): Int32Array {
  const n = Math.round(Math.sqrt(similarity.length));
  const alike = Float64Array.from(similarity);
  const size = new Int32Array(n).fill(1);
  const cluster = Int32Array.from({ length: n }, (_, i) => i);
  for (let left = n; left > Math.max(1, count); left--) {
    let into = -1;
    let from = -1;
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++)
        if (size[i] > 0 && size[j] > 0 && (into < 0 || alike[i * n + j] > alike[into * n + from])) {
          into = i;
          from = j;
        }
    for (let k = 0; k < n; k++) {
      const mean =
        (size[into] * alike[into * n + k] + size[from] * alike[from * n + k]) /
        (size[into] + size[from]);
      alike[into * n + k] = alike[k * n + into] = mean;
    }
    size[into] += size[from];
    size[from] = 0;
    for (let i = 0; i < n; i++) if (cluster[i] === from) cluster[i] = into;
  }
  const numbers = new Map<number, number>();
  return cluster.map((c) => {
    if (!numbers.has(c)) numbers.set(c, numbers.size);
    return numbers.get(c)!;
  });
}
