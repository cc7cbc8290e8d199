import { IcicleError, named } from '../core/errors.js';
import type { Cells } from './cells/encode.js';
import { type CellValue, parseCell, parseDate } from './cells.js';
import {
  type ColumnChoices,
  type ColumnSummary,
  findColumn,
  infiniteNumber,
  inputColumns,
  mixedWarning,
  noDate,
  nothingToLearnFrom,
  quoted,
  textInNumbers,
} from './columns.js';
import type { Examples } from './ensemble/examples.js';
import type { Row, TableSource } from './table.js';

/** A column that is learned from. */
export type SchemaColumn =
  | { readonly kind: 'number' | 'date'; readonly name: string }
  | { readonly kind: 'category'; readonly name: string; readonly levels: readonly string[] };

/** What is predicted. */
export type SchemaTarget =
  | { readonly kind: 'number'; readonly name: string }
  | {
      readonly kind: 'classes';
      readonly name: string;
      readonly classes: readonly string[];
      /** Whether the classes are numbers, so that 1 and 1.0 are one. */
      readonly numbers: boolean;
    };

/** What of a table is learned from, and how its words become numbers: fitted on labelled rows, then the same for every row. */
export interface Schema {
  readonly columns: readonly SchemaColumn[];
  readonly target: SchemaTarget;
  /** What was left out or is odd, and why: one sentence each. */
  readonly warnings: readonly string[];
}

/** More classes than this are no classes. */
export const MOST_CLASSES = 100;
/** So many classes may have one labelled row each, where it is said that they are classes; more are names of rows. */
const ONE_EACH = 10;
const NUMBERS_AS_TEXT = '; if its text is meant as numbers, set its type to number with the option types';
/** The greatest number of a target lies between the inverse of this and this, so that squares of squares are float64. */
const GREATEST = 1e70;

/**
 * Decides what is learned from: not what is the same in all labelled rows, counts the rows, repeats another column, or is a
 * name of the row. A target of words, or of two numbers, is classes.
 * @throws IcicleError: too few labelled rows, a target that is always the same or always another, nothing to learn from
 */
export function fitSchema(
  source: TableSource,
  summaries: readonly ColumnSummary[],
  target: string,
  labelled: readonly Row[],
  { numbers = [], categories = [] }: ColumnChoices = {},
): Schema {
  const warnings: string[] = [];
  const declared = numbers.includes(target) ? 'number' : categories.includes(target) ? 'classes' : undefined;
  const goal = targetOf(source, findColumn(summaries, target), labelled, declared, warnings);
  const { inputs, left } = inputColumns(summaries, target);
  const columns: SchemaColumn[] = [];
  const seen = new Map<string, string>();
  for (const summary of inputs) {
    const values = labelled.map((row) => {
      const value = valueAt(source, row, summary.index, summary.type === 'category');
      return value === null || summary.type === 'number' ? value : wordAt(row, summary.index);
    });
    const reason = reasonToLeaveOut(summary, values);
    const content = JSON.stringify(values);
    const twin = seen.get(content);
    if (reason !== undefined) warnings.push(`column ${named(summary.name)} ${reason} and is left out`);
    else if (twin !== undefined)
      warnings.push(
        `column ${named(summary.name)} repeats column ${named(twin)} in every labelled row and is left out`,
      );
    else {
      columns.push(columnOf(summary, values));
      seen.set(content, summary.name);
      if (summary.mixed) warnings.push(mixedWarning(summary));
    }
  }
  warnings.push(...left);
  if (columns.length === 0) throw nothingToLearnFrom(source.path);
  return { columns, target: goal, warnings };
}

/** The cells of some rows, [rows,C]. Rows may come from another table with the same column names. */
export function cellsOf({ columns }: Schema, source: TableSource, rows: readonly Row[]): Cells {
  const places = columns.map(({ name }) => source.names.indexOf(name));
  const levels = columns.map((column) =>
    column.kind === 'category' ? new Map(column.levels.map((level, i) => [level, i])) : undefined,
  );
  const x = new Float64Array(rows.length * columns.length).fill(Number.NaN);
  rows.forEach((row, r) => {
    columns.forEach((column, c) => {
      const value = valueAt(source, row, places[c]!, column.kind === 'category');
      if (value === null) return;
      x[r * columns.length + c] =
        column.kind === 'category'
          ? (levels[c]!.get(wordAt(row, places[c]!)) ?? Number.NaN)
          : numberOf(column.kind, value, source, row, column.name);
    });
  });
  const kinds = columns.map((column) =>
    column.kind === 'category'
      ? { kind: 'category' as const, levels: column.levels.length }
      : { kind: 'number' as const },
  );
  return { rows: rows.length, columns: columns.length, x, kinds };
}

/** Labelled rows with their targets. */
export function examplesOf(schema: Schema, source: TableSource, labelled: readonly Row[]): Examples {
  const { target } = schema;
  const index = source.names.indexOf(target.name);
  const cells = cellsOf(schema, source, labelled);
  if (target.kind === 'number') {
    const values = Float64Array.from(labelled, (row) => Number(valueAt(source, row, index)));
    return { ...cells, target: { kind: 'number', values } };
  }
  const places = new Map(target.classes.map((name, i) => [name, i]));
  const classes = target.classes.length;
  return {
    ...cells,
    target: {
      kind: 'classes',
      classes,
      values: Int32Array.from(labelled, (row) => places.get(classAt(source, row, index, target.numbers))!),
    },
  };
}

/** Columns whose category in a row is none that a labelled row has, by name. */
export function unseenIn({ columns }: Schema, source: TableSource, row: Row): string[] {
  return columns.flatMap((column) => {
    if (column.kind !== 'category') return [];
    const index = source.names.indexOf(column.name);
    const missing = valueAt(source, row, index, true) === null;
    return missing || column.levels.includes(wordAt(row, index)) ? [] : [column.name];
  });
}

function targetOf(
  source: TableSource,
  { name, type, index, nulls }: ColumnSummary,
  labelled: readonly Row[],
  declared: SchemaTarget['kind'] | undefined,
  warnings: string[],
): SchemaTarget {
  const where = `in ${named(name)} of ${source.path}`;
  if (labelled.length < 3)
    throw new IcicleError(
      `too few labelled rows: ${labelled.length} ${where}: at least 3 are needed, 20 are a start`,
    );
  const counts = new Map<string, number>();
  for (const row of labelled) {
    const value = classAt(source, row, index, type === 'number');
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const [first] = counts.keys();
  if (counts.size === 1)
    throw new IcicleError(
      `constant target: every labelled row has ${type === 'number' ? first : quoted(first!)} ${where}: there is nothing to learn; choose another target`,
    );
  if (type === 'number' && (counts.size > 2 || declared === 'number')) {
    const greatest = [...counts.keys()].reduce((most, value) => Math.max(most, Math.abs(Number(value))), 0);
    if (greatest > GREATEST || greatest < 1 / GREATEST)
      throw new IcicleError(
        `unsupported target: the greatest number ${where} is ${greatest}: write the numbers in another unit, so that it is ` +
          `between ${1 / GREATEST} and ${GREATEST}`,
      );
    return { kind: 'number', name };
  }
  if (type === 'number')
    warnings.push(
      `the target ${named(name)} has two numbers, which are taken for classes; if not, set its type to number with the option types`,
    );
  if (counts.size === labelled.length && !(declared === 'classes' && counts.size <= ONE_EACH))
    throw new IcicleError(
      `too many classes: every labelled row has another word ${where}: nothing can be learned of a class from one row; ` +
        `choose another target or label more rows${[...counts.keys()].some(isWord) ? '' : NUMBERS_AS_TEXT}`,
    );
  if (counts.size > MOST_CLASSES)
    throw new IcicleError(
      `too many classes: ${counts.size} ${where}, at most ${MOST_CLASSES} can be told apart: join some of them, or choose another target${[...counts.keys()].some(isWord) ? '' : NUMBERS_AS_TEXT}`,
    );
  if (type === 'category' && nulls > 0)
    warnings.push(
      `${nulls} cells of the target ${named(name)} say null, which counts as missing: if that is a class, write another word`,
    );
  const single = [...counts].filter(([, count]) => count === 1).map(([value]) => quoted(value));
  if (single.length > 0)
    warnings.push(
      `of class ${single.slice(0, 3).join(', ')}${single.length > 3 ? ` and ${single.length - 3} more` : ''} there is one labelled row: how well it is told cannot be measured`,
    );
  const classes = [...counts.keys()].sort((a, b) =>
    type === 'number' ? Number(a) - Number(b) : a < b ? -1 : 1,
  );
  return { kind: 'classes', name, classes, numbers: type === 'number' };
}

/** Why a column says nothing about rows, if so. @param values of the labelled rows */
function reasonToLeaveOut({ type }: ColumnSummary, values: readonly CellValue[]): string | undefined {
  const known = values.filter((value) => value !== null);
  const different = new Set(known);
  if (known.length === 0) return 'is empty in the labelled rows';
  if (different.size === 1 && known.length === values.length)
    return `is ${show(known[0]!)} in every labelled row`;
  // A name for the row: more levels than half the rows, so that most levels say nothing about another row.
  if (type === 'category' && different.size > 4 && different.size > known.length / 2)
    return `has ${different.size} different words in ${known.length} labelled rows, like a name,`;
  return undefined;
}

const isWord = (text: string): boolean => typeof parseCell(text) !== 'number';

const show = (value: string | number): string => (typeof value === 'string' ? quoted(value) : String(value));

function columnOf({ name, type }: ColumnSummary, values: readonly CellValue[]): SchemaColumn {
  if (type !== 'category') return { kind: type === 'date' ? 'date' : 'number', name };
  const levels = [...new Set(values.filter((value) => value !== null).map(String))].sort();
  return { kind: 'category', name, levels };
}

const valueAt = (source: TableSource, row: Row, index: number, words = false): CellValue =>
  parseCell(row.cells[index] ?? '', source.decimalComma, words);

const wordAt = (row: Row, index: number): string => row.cells[index]!.trim();

const classAt = (source: TableSource, row: Row, index: number, numbers: boolean): string =>
  numbers ? String(valueAt(source, row, index)) : wordAt(row, index);

type ColumnKindName = SchemaColumn['kind'];

function numberOf(
  kind: ColumnKindName,
  value: string | number,
  source: TableSource,
  row: Row,
  name: string,
): number {
  const odd = { line: row.line, cell: String(value) };
  if (kind === 'date') {
    const day = typeof value === 'string' ? parseDate(value) : Number.NaN;
    if (Number.isNaN(day)) throw noDate(source.path, name, odd);
    return day;
  }
  if (typeof value === 'string') throw textInNumbers(source.path, name, [odd], 1);
  if (!Number.isFinite(value)) throw infiniteNumber(source.path, name, [odd], 1);
  return value;
}
