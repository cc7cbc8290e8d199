import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import type { Column } from '../column.js';
import { chance, clippedShare, logInteger } from '../draws.js';
import { range, wholeRange } from '../options.js';
import { binned } from './bins.js';

export const categoriesSpec = z
  .strictObject({
    /** The share of columns of numbers that become categories: uniform on this range, cut off at 0 and 1. */
    share: range(-0.5, 1.2),
    /** Levels of a category, log-uniform. */
    levels: wholeRange(2, 20, 2, 1000),
  })
  .prefault({});

/** Turns columns of numbers into categories, in place, with at most a level for every four of the table's rows. */
export function categorise(
  columns: readonly Column[],
  rows: number,
  spec: z.output<typeof categoriesSpec>,
  stream: Random,
): void {
  const share = clippedShare(spec.share, stream);
  const most = Math.max(2, Math.floor(rows / 4));
  const [low, high] = spec.levels;
  for (const column of columns) {
    if (column.levels > 0 || !chance(share, stream)) continue;
    column.levels = logInteger([Math.min(low, most), Math.min(high, most)], stream);
    column.values = binned(column.values, column.levels, stream);
  }
}
