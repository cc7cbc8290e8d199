import { z } from 'zod';
import { invalid } from '../../core/errors.js';
import type { Random } from '../../core/random.js';
import { logInteger } from './draws.js';
import { wholeRange } from './options.js';
import type { TableSizes } from './table.js';

export const sizesSpec = z
  .strictObject({
    /** R, log-uniform from what N leaves on. */
    rows: wholeRange(12, 300, 2, 100_000),
    /** N, log-uniform. */
    labelled: wholeRange(4, 250, 2, 100_000),
    /** Rows without a label, at least. */
    asked: z.int().min(1).default(8),
    /** C, log-normal around `median` with standard deviation `spread` of the logarithm, within this range. */
    columns: wholeRange(1, 30, 1, 1000),
    median: z.number().positive().default(6),
    spread: z.number().min(0).default(0.75),
  })
  .refine(({ rows, labelled, asked }) => labelled[1] + asked <= rows[1], {
    error: 'the most labelled rows and the asked ones are more than the most rows; raise rows',
    path: ['labelled'],
  })
  .prefault({});

/** Draws how large a table is: N first, so that contexts of every size are as likely, then R, then C. */
export function drawSizes(spec: { readonly sizes: z.output<typeof sizesSpec> }, stream: Random): TableSizes {
  const { rows, labelled, asked, columns, median, spread } = spec.sizes;
  const n = logInteger(labelled, stream);
  const r = logInteger([Math.max(rows[0], n + asked), rows[1]], stream);
  return { rows: r, labelled: n, columns: drawColumns(columns, median, spread, stream) };
}

function drawColumns(
  [low, high]: readonly [number, number],
  median: number,
  spread: number,
  stream: Random,
): number {
  for (let tries = 0; tries < 100; tries++) {
    const c = Math.round(median * Math.exp(spread * stream.normal()));
    if (c >= low && c <= high) return c;
  }
  return Math.min(high, Math.max(low, Math.round(median)));
}

/** @throws IcicleError where a table cannot be of these sizes */
export function checkSizes({ rows, labelled, columns }: TableSizes): void {
  if (!Number.isInteger(columns) || columns < 1)
    throw invalid('columns of a table', columns, 'a whole number from 1');
  if (!Number.isInteger(labelled) || labelled < 2)
    throw invalid('labelled rows', labelled, 'a whole number from 2');
  if (!Number.isInteger(rows) || rows <= labelled)
    throw invalid('rows', rows, `a whole number above the ${labelled} that are labelled`);
}
