import type { Cells } from '../cells/encode.js';
import { takeCells } from '../ensemble/examples.js';
import { fitDesign } from '../heads/design.js';

/** Labelled rows that distances are measured to, at most. */
const MOST = 300;
/** A row is far when it is this many times as far from the nearest labelled row as the loneliest of those is. */
const FAR = 1.5;
/** Nor is one far that is within a standard deviation: labelled rows may have twins all of them, and then none is lonely. */
const NEAR = 1;

/** Says which rows are far from every labelled one: by distance in standardised columns, of categories by indicators. */
export function fitNovelty(labelled: Cells): (cells: Pick<Cells, 'rows' | 'x'>) => boolean[] {
  const step = Math.max(1, labelled.rows / MOST);
  const kept = Array.from({ length: Math.min(labelled.rows, MOST) }, (_, i) => Math.floor(i * step));
  const design = fitDesign(labelled);
  const { values, rows, width } = design(takeCells(labelled, kept));
  const nearest = (of: Float64Array, except: number): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let r = 0; r < rows; r++) {
      if (r === except) continue;
      let sum = 0;
      for (let w = 0; w < width && sum < least; w++) sum += (of[w]! - values[r * width + w]!) ** 2;
      least = Math.min(least, sum);
    }
    return Math.sqrt(least);
  };
  const row = (of: Float64Array, r: number) => of.subarray(r * width, (r + 1) * width);
  const places = new Map(kept.map((labelledRow, at) => [labelledRow, at]));
  let loneliest = 0;
  for (let r = 0; r < labelled.rows; r++) {
    const own = design(takeCells(labelled, [r])).values;
    loneliest = Math.max(loneliest, nearest(own, places.get(r) ?? -1));
  }
  const limit = Math.max(NEAR, FAR * loneliest);
  return (cells) => {
    const asked = design(cells);
    return Array.from({ length: asked.rows }, (_, r) => nearest(row(asked.values, r), -1) > limit);
  };
}
