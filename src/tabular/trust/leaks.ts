import type { Examples } from '../ensemble/examples.js';

/** With fewer labelled rows, a column may sort them by chance. */
const ENOUGH = 20;

/**
 * Columns each of which alone gives the target away in the labelled rows: a number that sorts every class from the rest, or
 * sorts the rows as the target does, or a category whose levels have one class each.
 * @returns their places
 */
export function leakingColumns({ rows, columns, x, kinds, target }: Examples): number[] {
  if (rows < ENOUGH) return [];
  const columnOf = (c: number) => Float64Array.from({ length: rows }, (_, r) => x[r * columns + c]!);
  return Array.from({ length: columns }, (_, c) => c).filter((c) => {
    const cells = columnOf(c);
    if (cells.some(Number.isNaN)) return false;
    if (target.kind === 'number') return kinds[c]!.kind === 'number' && sortsAlike(cells, target.values);
    return kinds[c]!.kind === 'category'
      ? oneClassEach(cells, target.values)
      : new Set(target.values).size <= 3 && inRuns(cells, target.values);
  });
}

/** Whether levels, each of some rows, have one class each. */
function oneClassEach(cells: Float64Array, classes: ArrayLike<number>): boolean {
  const of = new Map<number, number>();
  for (let r = 0; r < cells.length; r++) {
    const known = of.get(cells[r]!);
    if (known !== undefined && known !== classes[r]) return false;
    of.set(cells[r]!, classes[r]!);
  }
  return of.size * 4 <= cells.length;
}

/** Whether rows sorted by the column have each class in one run, without ties between classes. */
function inRuns(cells: Float64Array, classes: ArrayLike<number>): boolean {
  const order = Array.from(cells, (_, r) => r).sort((a, b) => cells[a]! - cells[b]!);
  const seen = new Set<number>();
  for (let i = 0; i < order.length; i++) {
    const [now, before] = [order[i]!, order[i - 1]];
    if (before !== undefined && classes[before] === classes[now]) continue;
    if (seen.has(classes[now]!) || (before !== undefined && cells[before] === cells[now])) return false;
    seen.add(classes[now]!);
  }
  return true;
}

/** Whether two numbers sort the rows in the same way, or in opposite ways, all but one in a thousand. */
function sortsAlike(a: Float64Array, b: ArrayLike<number>): boolean {
  const [p, q] = [ranksOf(a), ranksOf(b)];
  const n = p.length;
  const mean = (n - 1) / 2;
  let [pq, pp, qq] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    pq += (p[i]! - mean) * (q[i]! - mean);
    pp += (p[i]! - mean) ** 2;
    qq += (q[i]! - mean) ** 2;
  }
  return pp > 0 && Math.abs(pq) / Math.sqrt(pp * qq) > 0.999;
}

/** Ranks from 0; equal values share their middle one. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1]!] === values[order[from]!]) to++;
    for (let i = from; i <= to; i++) ranks[order[i]!] = (from + to) / 2;
    from = to + 1;
  }
  return ranks;
}
