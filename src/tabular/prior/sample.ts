import { IcicleError } from '../../core/errors.js';
import { permutation, type Random } from '../../core/random.js';
import { floats, integers } from './arrays.js';
import type { Column } from './column.js';
import { categorise } from './columns/categories.js';
import { planColumns, withExtra } from './columns/extra.js';
import { warpColumns } from './columns/marginals.js';
import { withMissing } from './columns/missing.js';
import { standardise } from './columns/standardise.js';
import { chance, clippedShare, normals, pickWeighted } from './draws.js';
import { type GeneratorName, generate } from './generators/index.js';
import { classOutputs, numberOutput, quickScore } from './quick.js';
import { checkSizes, drawSizes } from './sizes.js';
import type { PriorSpec } from './spec.js';
import type { ColumnKind, Drawn, SyntheticTable, TableSizes, Target, TargetKind } from './table.js';
import { arrange } from './target/arrange.js';
import { classesOf, drawClasses, flipLabels, planClasses } from './target/classes.js';
import { drawNoise } from './target/noise.js';
import { numberOf } from './target/number.js';

/** Labelled rows that have a value in every column, at least. */
const LEAST_PRESENT = 2;

/**
 * Draws a table: a generator's columns and latents, the target made from these, and the columns changed as real ones are. It
 * is drawn again, with the same generator, sizes and number of classes, until a quick learner finds out something of the target.
 *
 * Whether it does is judged on rows beside those of the table, drawn with them: were it judged on the asked rows, tables would
 * be kept for the labels that these happen to have, and a model trained on them would be too sure.
 * @param sizes drawn by `drawSizes` where they are left out
 * @throws IcicleError where the sizes are none, or nothing can be learned in any of `spec.filter.tries` tables
 */
export function sampleTable(
  spec: PriorSpec,
  stream: Random,
  task: TargetKind,
  sizes: TableSizes = drawSizes(spec, stream),
): SyntheticTable {
  checkSizes(sizes);
  const generator = pickWeighted(spec.generators, stream);
  const classes = task === 'classes' ? drawClasses(spec.classes, sizes.labelled, stream) : undefined;
  const unlearnable = chance(spec.unlearnable, stream);
  for (let tries = 1; tries <= spec.filter.tries; tries++) {
    const whole = drawWhole(generator, classes, spec, sizes, stream);
    if (unlearnable) shuffle(whole.target, stream);
    const score = scoreOf(whole, sizes.rows);
    if (!unlearnable && score < spec.filter.least[task]) continue;
    const table = finish(whole, sizes, spec, stream);
    if (table === undefined) continue;
    return { ...table, provenance: { generator, drawn: whole.drawn, unlearnable, score, tries } };
  }
  throw new IcicleError(
    `no table of the generator "${generator}" with ${sizes.rows} rows and ${sizes.columns} columns was learnable in ` +
      `${spec.filter.tries} tries: lower filter.least or raise filter.tries`,
  );
}

/** A table and the rows beside it on which it is judged, column by column. */
interface Whole {
  /** [C][R + rows beside it], none missing */
  readonly complete: readonly Column[];
  readonly columns: readonly Column[];
  readonly target: Target;
  readonly drawn: Drawn;
}

function drawWhole(
  generator: GeneratorName,
  classes: number | undefined,
  spec: PriorSpec,
  sizes: TableSizes,
  stream: Random,
): Whole {
  const rows = sizes.rows + spec.filter.rows;
  const plan = planColumns(sizes.columns, spec.extra, stream);
  const classPlan = classes === undefined ? undefined : planClasses(spec.classes, classes, stream);
  const { columns, latents, codes, drawn } = generate(
    generator,
    {
      rows,
      columns: plan.own,
      outputs: classPlan?.outputs ?? 1,
      ...(classes === undefined ? {} : { classes }),
    },
    spec,
    stream,
  );
  const noise = drawNoise(spec.noise, stream);
  let target: Target;
  let how: Drawn;
  if (classPlan === undefined) {
    const { values, warp } = numberOf(latents[0]!, noise, spec.number, stream);
    target = { kind: 'number', values };
    how = { noise: noise.sigma, warp };
  } else {
    const values = codes ?? classesOf(latents, classPlan, noise, spec.classes, stream);
    const flipped = clippedShare(spec.classes.flipped, stream);
    flipLabels(values, flipped, stream);
    target = { kind: 'classes', classes: classPlan.classes, values };
    how = codes === undefined ? { noise: noise.sigma, way: classPlan.way, flipped } : { flipped };
  }
  const complete = withExtra(columns, plan, spec.extra, stream);
  warpColumns(complete, spec.marginals, stream);
  categorise(complete, sizes.rows, spec.categories, stream);
  for (const column of complete) if (isConstant(column.values)) replace(column, stream);
  const { irrelevant, duplicates } = plan;
  return {
    complete,
    columns: withMissing(complete, spec.missing, stream),
    target,
    drawn: { ...drawn, ...how, irrelevant, duplicates },
  };
}

const isConstant = (values: Float64Array): boolean => values.every((value) => value === values[0]);

/** A column that no value of says anything becomes noise, so that there are as many columns as were asked for. */
function replace(column: Column, stream: Random): void {
  column.values = normals(column.values.length, stream);
  column.levels = 0;
}

/** Shuffles a target over all rows in place. */
function shuffle({ values }: Target, stream: Random): void {
  const order = permutation(values.length, stream);
  const before = values.slice();
  for (let i = 0; i < values.length; i++) values[i] = before[order[i]!]!;
}

/** The quick learner's score on the rows beside the table. */
function scoreOf({ columns, target }: Whole, from: number): number {
  const beside = columns.map(({ values, levels }) => ({ values: values.subarray(from), levels }));
  const outputs =
    target.kind === 'number'
      ? numberOutput(target.values.subarray(from))
      : classOutputs(target.values.subarray(from), target.classes);
  return quickScore(beside, outputs);
}

/** The table itself; undefined where its labelled rows do not have two classes, or two numbers. */
function finish(
  { complete, columns, target }: Whole,
  sizes: TableSizes,
  spec: PriorSpec,
  stream: Random,
): Omit<SyntheticTable, 'provenance'> | undefined {
  const { rows, labelled } = sizes;
  const found =
    target.kind === 'number'
      ? finishNumber(target.values.slice(0, rows), labelled)
      : finishClasses(target.values.slice(0, rows), labelled, spec, stream);
  if (found === undefined) return undefined;
  const { order } = found;
  const x = new Float64Array(rows * columns.length);
  const kinds = columns.map((column, c): ColumnKind => {
    const values = floats(rows, (i) => column.values[order === undefined ? i : order[i]!]!);
    keepSome(values, complete[c]!.values, labelled, order);
    const levels = column.levels > 0 ? renumber(values) : 0;
    for (let i = 0; i < rows; i++) x[i * columns.length + c] = values[i]!;
    return levels > 0 ? { kind: 'category', levels } : { kind: 'number' };
  });
  return { ...sizes, x, kinds, target: found.target };
}

interface Found {
  readonly target: Target;
  /** Which row comes where; absent where all stay. */
  readonly order?: Int32Array;
}

function finishNumber(values: Float64Array, labelled: number): Found | undefined {
  const first = values[0];
  if (values.subarray(0, labelled).every((value) => value === first)) return undefined;
  standardise(values);
  return { target: { kind: 'number', values } };
}

function finishClasses(
  codes: Int32Array,
  labelled: number,
  spec: PriorSpec,
  stream: Random,
): Found | undefined {
  const order = arrange(codes, labelled, spec.classes, stream);
  if (order === undefined) return undefined;
  const rows = codes.length;
  const values = integers(rows, (i) => codes[order[i]!]!);
  const present = [...new Set(values)].sort((a, b) => a - b);
  const numbers = permutation(present.length, stream);
  const number = new Map(present.map((code, at) => [code, numbers[at]!]));
  return {
    target: {
      kind: 'classes',
      classes: present.length,
      values: integers(rows, (i) => number.get(values[i]!)!),
    },
    order,
  };
}

/** Fills in missing cells of a column's first labelled rows until two of them have a value. */
function keepSome(
  values: Float64Array,
  complete: Float64Array,
  labelled: number,
  order: Int32Array | undefined,
): void {
  let present = 0;
  for (let i = 0; i < labelled; i++) if (!Number.isNaN(values[i]!)) present++;
  for (let i = 0; i < labelled && present < LEAST_PRESENT; i++)
    if (Number.isNaN(values[i]!)) {
      values[i] = complete[order?.[i] ?? i]!;
      present++;
    }
}

/** Gives categories the codes 0…levels−1 in place, those that no row has left out. @returns levels */
function renumber(values: Float64Array): number {
  const present = [...new Set(values)].filter((code) => !Number.isNaN(code)).sort((a, b) => a - b);
  const number = new Map(present.map((code, at) => [code, at]));
  for (let i = 0; i < values.length; i++) values[i] = number.get(values[i]!) ?? Number.NaN;
  return present.length;
}
