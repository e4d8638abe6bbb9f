/**
 * The assignment of rows to columns of greatest total similarity, by the Hungarian algorithm with
 * potentials (Kuhn 1955; Jonker & Volgenant 1987), O(n³).
 * @param similarity n × n, row-major.
 * @returns the column of each row.
 */
export function assignDimensions(similarity: ArrayLike<number>, n: number): Int32Array {
  // 1-based: row and column 0 stand for "none yet".
  const rowPotential = new Float64Array(n + 1);
  const columnPotential = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1);
  const cameFrom = new Int32Array(n + 1);
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    const slack = new Float64Array(n + 1).fill(Infinity);
    const visited = new Uint8Array(n + 1);
    let column = 0;
    do {
      visited[column] = 1;
      const from = rowOf[column];
      let next = 0;
      for (let j = 1; j <= n; j++) {
        if (visited[j] === 1) continue;
        const cost = -similarity[(from - 1) * n + j - 1] - rowPotential[from] - columnPotential[j];
        if (cost < slack[j]) {
          slack[j] = cost;
          cameFrom[j] = column;
        }
        if (next === 0 || slack[j] < slack[next]) next = j;
      }
      const least = slack[next];
      for (let j = 0; j <= n; j++)
        if (visited[j] === 1) {
          rowPotential[rowOf[j]] += least;
          columnPotential[j] -= least;
        } else slack[j] -= least;
      column = next;
    } while (rowOf[column] !== 0);
    while (column !== 0) {
      rowOf[column] = rowOf[cameFrom[column]];
      column = cameFrom[column];
    }
  }
  const columnOf = new Int32Array(n);
  for (let j = 1; j <= n; j++) columnOf[rowOf[j] - 1] = j - 1;
  return columnOf;
}
