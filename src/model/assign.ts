/**
 * The assignment of least total cost: a column for each row, each column once. By shortest augmenting paths (Kuhn 1955,
 * with the potentials of Edmonds and Karp 1972), O(n³). Of assignments that cost the same, rows keep their own column.
 * @param costs [n,n], finite
 */
export function assign(costs: readonly (readonly number[])[]): number[] {
  const n = costs.length;
  const most = Math.max(0, ...costs.map((row) => Math.max(...row)));
  // What staying is favoured by is far below any difference that counts.
  const cost = (i: number, j: number) => costs[i]![j]! - (i === j ? 1e-12 * most : 0);
  const rowPotential = new Float64Array(n);
  const columnPotential = new Float64Array(n + 1);
  const rowOf = new Int32Array(n + 1).fill(-1); // of each column; the last is where a search begins
  for (let row = 0; row < n; row++) {
    rowOf[n] = row;
    const least = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
    const reachedFrom = new Int32Array(n).fill(-1);
    const visited = new Uint8Array(n + 1);
    let column = n;
    while (rowOf[column] !== -1) {
      visited[column] = 1;
      const i = rowOf[column]!;
      let [next, delta] = [-1, Number.POSITIVE_INFINITY];
      for (let j = 0; j < n; j++) {
        if (visited[j] === 1) continue;
        const reduced = cost(i, j) - rowPotential[i]! - columnPotential[j]!;
        if (reduced < least[j]!) {
          least[j] = reduced;
          reachedFrom[j] = column;
        }
        if (least[j]! < delta) [next, delta] = [j, least[j]!];
      }
      for (let j = 0; j <= n; j++) {
        if (visited[j] === 1) {
          rowPotential[rowOf[j]!]! += delta;
          columnPotential[j]! -= delta;
        } else if (j < n) least[j]! -= delta;
      }
      column = next;
    }
    while (column !== n) {
      const from = reachedFrom[column]!;
      rowOf[column] = rowOf[from]!;
      column = from;
    }
  }
  const columns = new Array<number>(n);
  for (let j = 0; j < n; j++) columns[rowOf[j]!] = j;
  return columns;
}
