import { z } from 'zod';
import { permutation, type Random } from '../../../core/random.js';
import { floats } from '../arrays.js';
import { type Column, numeric } from '../column.js';
import { clippedShare, logBetween, normals, pick } from '../draws.js';
import { logRange, range } from '../options.js';

export const extraSpec = z
  .strictObject({
    /** The share of columns that have nothing to do with the others: uniform on this range, cut off at 0. */
    irrelevant: range(-0.5, 0.5),
    /** The share of columns that are another one over again, likewise. */
    duplicates: range(-0.8, 0.2),
    /** Standard deviation of the noise on a duplicate. */
    noise: logRange(0.001, 0.5),
  })
  .prefault({});

/** How many of C columns come from the generator, at least one; the others are irrelevant or duplicates. */
export interface ColumnPlan {
  readonly own: number;
  readonly irrelevant: number;
  readonly duplicates: number;
}

export function planColumns(columns: number, spec: z.output<typeof extraSpec>, stream: Random): ColumnPlan {
  const count = (range: readonly [number, number]) => Math.round(columns * clippedShare(range, stream));
  const irrelevant = Math.min(columns - 1, count(spec.irrelevant));
  const duplicates = Math.min(columns - 1 - irrelevant, count(spec.duplicates));
  return { own: columns - irrelevant - duplicates, irrelevant, duplicates };
}

/** The generator's columns and the others, in random order. */
export function withExtra(
  own: readonly Column[],
  { irrelevant, duplicates }: ColumnPlan,
  spec: z.output<typeof extraSpec>,
  stream: Random,
): Column[] {
  const all = [...own];
  for (let i = 0; i < irrelevant; i++) all.push(irrelevantColumn(own, stream));
  for (let i = 0; i < duplicates; i++) all.push(duplicate(pick(own, stream), spec, stream));
  return permutation(all.length, stream).map((j) => all[j]!);
}

/** Normal, uniform, or an own column with its cells in another order. */
function irrelevantColumn(own: readonly Column[], stream: Random): Column {
  const rows = own[0]!.values.length;
  switch (stream.integer(3)) {
    case 0:
      return numeric(normals(rows, stream));
    case 1:
      // Uniform with mean 0 and variance 1.
      return numeric(floats(rows, () => Math.sqrt(12) * (stream.uniform() - 0.5)));
    default: {
      const { values, levels } = pick(own, stream);
      const order = permutation(rows, stream);
      return { values: floats(rows, (i) => values[order[i]!]!), levels };
    }
  }
}

/** The same numbers with noise, or the same categories under other codes. */
function duplicate({ values, levels }: Column, spec: z.output<typeof extraSpec>, stream: Random): Column {
  if (levels > 0) {
    const codes = permutation(levels, stream);
    return { values: floats(values.length, (i) => codes[values[i]!]!), levels };
  }
  const noise = logBetween(spec.noise, stream);
  return numeric(floats(values.length, (i) => values[i]! + noise * stream.normal()));
}
