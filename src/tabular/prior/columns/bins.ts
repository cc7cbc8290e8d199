import type { Random } from '../../../core/random.js';
import { floats } from '../arrays.js';
import { chance, someOf } from '../draws.js';

/** Bins of a level where levels are scattered. */
const SCATTERED = 3;

/**
 * Codes 0…levels−1, [R], of a column of numbers: it is cut at values that random rows have, and the bins are numbered in random
 * order, since a category has none. In a quarter of the cases there are three times as many bins as levels, so that a level is
 * several intervals.
 */
export function binned(column: Float64Array, levels: number, stream: Random): Float64Array {
  const bins = levels > 2 && chance(0.25, stream) ? SCATTERED * levels : levels;
  const cuts = floats(bins - 1, () => column[stream.integer(column.length)]!).sort();
  const order = someOf(bins, bins, stream);
  return floats(column.length, (i) => {
    const value = column[i]!;
    let bin = 0;
    while (bin < cuts.length && value > cuts[bin]!) bin++;
    return order[bin]! % levels;
  });
}
