import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { floats, integers, list } from '../arrays.js';
import type { Column } from '../column.js';
import { binned } from '../columns/bins.js';
import { standardise } from '../columns/standardise.js';
import { chance, logInteger, normals, pickWeighted, someOf } from '../draws.js';
import { weights, wholeRange } from '../options.js';
import type { Generate } from './generator.js';
import { drawInputs } from './inputs.js';

export const interactionsSpec = z
  .strictObject({
    /** Levels of a column as the rule sees it. */
    levels: wholeRange(2, 8, 2, 100),
    rules: weights<Rule>({ conjunction: 1.5, count: 1, parity: 0.75, table: 1.5, effects: 2 }),
    /** Columns that take part. */
    active: wholeRange(1, 5, 1, 30),
    /** Cells of a table of values, at most: with more, nothing could be learned from few rows. */
    cells: z.int().min(2).default(32),
  })
  .prefault({});

export type InteractionsSpec = z.output<typeof interactionsSpec>;

/**
 * `conjunction`: true where each of some columns has one of some levels, or false there; `count`: how many do, or whether enough do; `parity`: whether
 * an odd number of at most three does; `table`: a value for every combination of levels; `effects`: a value for each level of
 * each column and, in half of the tables, for each combination of the first two.
 */
type Rule = BooleanRule | 'table' | 'effects';
type BooleanRule = 'conjunction' | 'count' | 'parity';

const isBoolean = (rule: Rule): rule is BooleanRule => rule !== 'table' && rule !== 'effects';

/** Boolean and categorical rules over columns with few levels, some of which are shown as the numbers that they were cut from. */
export const interactions: Generate<InteractionsSpec> = (shape, spec, stream) => {
  const { rows, columns, outputs, classes } = shape;
  const { inputs } = drawInputs(rows, columns, stream);
  const rule = pickWeighted(spec.rules, stream);
  const all = inputs.map((column): Column => {
    const levels = isBoolean(rule) && chance(0.6, stream) ? 2 : logInteger(spec.levels, stream);
    return { values: binned(column, levels, stream), levels };
  });
  const most = rule === 'parity' ? 3 : spec.active[1];
  const active = logInteger([Math.min(spec.active[0], columns), Math.min(most, columns)], stream);
  const some = someOf(columns, active, stream).map((j) => all[j]!);
  const numbers = stream.uniform() ** 2;
  const shown = all.map(
    (column, j): Column => (chance(numbers, stream) ? { values: inputs[j]!, levels: 0 } : column),
  );
  const drawn = { rule, active };
  if (classes !== undefined && isBoolean(rule))
    return { columns: shown, latents: [], codes: truthsOf(rule, all, active, classes, stream), drawn };
  if (classes !== undefined && rule === 'table')
    return { columns: shown, latents: [], codes: tableCodes(some, spec.cells, classes, stream), drawn };
  const latents = list(outputs, () => {
    const latent = isBoolean(rule)
      ? truthOf(rule, some, true, stream)
      : rule === 'table'
        ? tableOf(some, spec.cells, stream)
        : effectsOf(some, stream);
    standardise(latent);
    return latent;
  });
  return { columns: shown, latents, drawn };
};

/** Classes, [R]: the truth of one rule, or, read as binary digits, of as many rules as there must be. */
function truthsOf(
  rule: BooleanRule,
  columns: readonly Column[],
  active: number,
  classes: number,
  stream: Random,
): Int32Array {
  const codes = new Int32Array(columns[0]!.values.length);
  for (let digit = 1; digit < classes; digit *= 2) {
    const some = someOf(columns.length, active, stream).map((j) => columns[j]!);
    const truth = truthOf(rule, some, false, stream);
    for (let i = 0; i < codes.length; i++) codes[i]! += digit * truth[i]!;
  }
  return integers(codes.length, (i) => codes[i]! % classes);
}

/** Classes, [R]: one for each combination of levels, every class having a combination where there are enough. */
function tableCodes(columns: readonly Column[], most: number, classes: number, stream: Random): Int32Array {
  const { at, cells } = cellsOf(columns, most);
  const classOf = someOf(cells, cells, stream).map((place) =>
    place < classes ? place : stream.integer(classes),
  );
  return integers(at.length, (i) => classOf[at[i]!]!);
}

/** Whether the rule holds, [R]; of `count`, where it is to be `counted`, how many columns do. */
function truthOf(
  rule: BooleanRule,
  columns: readonly Column[],
  counted: boolean,
  stream: Random,
): Float64Array {
  const rows = columns[0]!.values.length;
  const held = new Float64Array(rows);
  for (const { values, levels } of columns) {
    const inside = someLevels(levels, stream);
    for (let i = 0; i < rows; i++) held[i]! += inside[values[i]!]!;
  }
  if (rule === 'count' && counted) return held;
  if (rule === 'parity') return floats(rows, (i) => held[i]! % 2);
  const least = rule === 'conjunction' ? columns.length : 1 + stream.integer(columns.length);
  const turned = chance(0.5, stream);
  return floats(rows, (i) => (held[i]! >= least !== turned ? 1 : 0));
}

/** Which levels count as true, [levels]: at least one, and not all. */
function someLevels(levels: number, stream: Random): Uint8Array {
  const inside = new Uint8Array(levels);
  for (const level of someOf(levels, 1 + stream.integer(levels - 1), stream)) inside[level] = 1;
  return inside;
}

/** Which combination of levels each row has, over as many columns as give at most `most` cells. */
function cellsOf(
  columns: readonly Column[],
  most: number,
): { readonly at: Int32Array; readonly cells: number } {
  const at = new Int32Array(columns[0]!.values.length);
  let cells = 1;
  for (const { values, levels } of columns) {
    if (cells * levels > most && cells > 1) continue;
    for (let i = 0; i < at.length; i++) at[i]! += cells * values[i]!;
    cells *= levels;
  }
  return { at, cells };
}

function tableOf(columns: readonly Column[], most: number, stream: Random): Float64Array {
  const { at, cells } = cellsOf(columns, most);
  const values = normals(cells, stream);
  return floats(at.length, (i) => values[at[i]!]!);
}

function effectsOf(columns: readonly Column[], stream: Random): Float64Array {
  const sum = new Float64Array(columns[0]!.values.length);
  const add = (cell: (i: number) => number, cells: number) => {
    const values = normals(cells, stream);
    for (let i = 0; i < sum.length; i++) sum[i]! += values[cell(i)]!;
  };
  for (const { values, levels } of columns) add((i) => values[i]!, levels);
  const [a, b] = columns;
  if (b !== undefined && chance(0.5, stream))
    add((i) => a!.values[i]! * b.levels + b.values[i]!, a!.levels * b.levels);
  return sum;
}
