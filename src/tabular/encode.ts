import { IcicleError, named } from '../core/errors.js';
import { parseCell } from './cells.js';
import {
  type ColumnSummary,
  findColumn,
  infiniteNumber,
  inputColumns,
  mixedWarning,
  nothingToLearnFrom,
  quoted,
  textInNumbers,
} from './columns.js';
import type { Row, TableSource } from './table.js';

/** A matrix of float64, row-major: `values[r*width + c]`. */
export interface Matrix {
  readonly values: Float64Array;
  readonly rows: number;
  readonly width: number;
}

/** How one column of the table becomes inputs. */
export type ColumnCode =
  | {
      readonly kind: 'number';
      readonly name: string;
      readonly mean: number;
      /** Standard deviation over the labelled rows. */
      readonly scale: number;
    }
  | {
      readonly kind: 'category';
      readonly name: string;
      readonly levels: readonly string[];
      /** Share of each level among the labelled rows that have any, [levels]. */
      readonly shares: readonly number[];
      /** Standard deviation of each level's indicator, [levels]. */
      readonly scales: readonly number[];
    };

/** How rows become inputs and labels: fitted on the labelled rows only, then the same for every row. */
export interface Encoding {
  readonly columns: readonly ColumnCode[];
  /** Number of inputs. */
  readonly width: number;
  readonly target: { readonly name: string; readonly mean: number; readonly scale: number };
  /** Columns that were left out, and why: one sentence each. */
  readonly warnings: readonly string[];
}

/** A category has at most this many levels of its own; rarer ones count as none of them. */
export const MOST_LEVELS = 30;

/** A column is constant where its standard deviation is less than this share of its largest number: rounding. */
const ROUNDING = 1e-12;

/**
 * Fits the encoding. Numbers become (v − mean)/sd. A category becomes one indicator for each level that at least two
 * labelled rows have, (1 − share)/sd in rows with that level and −share/sd in those with any other, seen before or not.
 * A missing cell becomes zeros, the mean. Hence every input has mean zero over the labelled rows, and unit variance over
 * those without a missing cell. Constant columns, row numbers (unless there is nothing else) and categories with a level
 * of their own in most rows are left out. The target becomes (y − mean)/sd.
 * @throws IcicleError: no or too few labelled rows, constant target, nothing to learn from
 */
export function fitEncoding(
  source: TableSource,
  summaries: readonly ColumnSummary[],
  target: string,
  labelled: readonly Row[],
): Encoding {
  const goal = findColumn(summaries, target);
  const labels = labelled.map((row) => numberAt(source, row, goal)).filter((value) => value !== null);
  const where = `in ${named(target)} of ${source.path}`;
  if (labels.length === 0)
    throw new IcicleError(`no labelled rows: no number ${where}: fill in the cells that are known`);
  if (labels.length < 3)
    throw new IcicleError(
      `too few labelled rows: ${labels.length} ${where}: at least 3 are needed, 20 are a start`,
    );
  const { mean, scale } = moments(labels);
  if (labels.every((label) => label === labels[0]))
    throw new IcicleError(
      `constant target: every labelled row has ${labels[0]} ${where}: there is nothing to learn; choose another target`,
    );
  const { inputs, left } = inputColumns(summaries, target);
  const warnings: string[] = [];
  const columns: ColumnCode[] = [];
  for (const summary of inputs) {
    const code =
      summary.type === 'number'
        ? numberCode(source, summary, labelled)
        : categoryCode(source, summary, labelled);
    if (typeof code === 'string') warnings.push(code);
    else columns.push(code);
    if (summary.mixed) warnings.push(mixedWarning(summary));
  }
  warnings.push(...left);
  const width = columns.reduce((sum, code) => sum + widthOf(code), 0);
  if (width === 0) throw nothingToLearnFrom(source.path);
  return { columns, width, target: { name: target, mean, scale }, warnings };
}

/** The inputs of some rows, [rows,width]. Rows may come from another table with the same column names. */
export function encodeRows(encoding: Encoding, source: TableSource, rows: readonly Row[]): Matrix {
  const places = encoding.columns.map(({ name }) => source.names.indexOf(name));
  const values = new Float64Array(rows.length * encoding.width);
  rows.forEach((row, r) => {
    let at = r * encoding.width;
    encoding.columns.forEach((code, c) => {
      encodeCell(code, row.cells[places[c]!], source, row, values, at);
      at += widthOf(code);
    });
  });
  return { values, rows: rows.length, width: encoding.width };
}

/** The labels of labelled rows, standardised, [rows]. */
export function encodeTarget(encoding: Encoding, source: TableSource, rows: readonly Row[]): Float64Array {
  const { name, mean, scale } = encoding.target;
  const index = source.names.indexOf(name);
  return Float64Array.from(rows, (row) => {
    const value = parseCell(row.cells[index]!, source.decimalComma);
    return typeof value === 'number' ? (value - mean) / scale : Number.NaN;
  });
}

function encodeCell(
  code: ColumnCode,
  cell: string | undefined,
  source: TableSource,
  row: Row,
  into: Float64Array,
  at: number,
): void {
  const value = cell === undefined ? null : parseCell(cell, source.decimalComma, code.kind === 'category');
  if (value === null) return;
  if (code.kind === 'number') {
    if (typeof value === 'string')
      throw textInNumbers(source.path, code.name, [{ line: row.line, cell: value }], 1);
    if (!Number.isFinite(value))
      throw infiniteNumber(source.path, code.name, [{ line: row.line, cell: String(value) }], 1);
    into[at] = (value - code.mean) / code.scale;
    return;
  }
  const level = code.levels.indexOf(String(cell).trim());
  code.levels.forEach((_, l) => {
    into[at + l] = ((l === level ? 1 : 0) - code.shares[l]!) / code.scales[l]!;
  });
}

function widthOf(code: ColumnCode): number {
  return code.kind === 'number' ? 1 : code.levels.length;
}

function numberCode(source: TableSource, column: ColumnSummary, rows: readonly Row[]): ColumnCode | string {
  const values = rows.map((row) => numberAt(source, row, column)).filter((value) => value !== null);
  if (values.length === 0)
    return `column ${named(column.name)} is empty in the labelled rows and is left out`;
  const { mean, scale } = moments(values);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(scale > ROUNDING * largest))
    return `column ${named(column.name)} is ${values[0]} in every labelled row and is left out`;
  return { kind: 'number', name: column.name, mean, scale };
}

function categoryCode(source: TableSource, column: ColumnSummary, rows: readonly Row[]): ColumnCode | string {
  const counts = new Map<string, number>();
  let present = 0;
  for (const row of rows) {
    const cell = row.cells[column.index]!;
    if (parseCell(cell, source.decimalComma, true) === null) continue;
    const level = cell.trim();
    counts.set(level, (counts.get(level) ?? 0) + 1);
    present++;
  }
  if (present === 0) return `column ${named(column.name)} is empty in the labelled rows and is left out`;
  if (counts.size === 1)
    return `column ${named(column.name)} is ${quoted([...counts.keys()][0]!)} in every labelled row and is left out`;
  // A name for the row: more levels than half the rows, so that most levels say nothing about another row.
  if (counts.size > 4 && counts.size > present / 2)
    return `column ${named(column.name)} has ${counts.size} different words in ${present} labelled rows, like a name, and is left out`;
  const levels = [...counts]
    .filter(([, count]) => count >= 2 && count < present)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_LEVELS);
  if (levels.length === 0)
    return `column ${named(column.name)} has no word that two labelled rows share and is left out`;
  const shares = levels.map(([, count]) => count / present);
  return {
    kind: 'category',
    name: column.name,
    levels: levels.map(([level]) => level),
    shares,
    scales: shares.map((share) => Math.sqrt(share * (1 - share))),
  };
}

function numberAt(source: TableSource, row: Row, column: ColumnSummary): number | null {
  const value = parseCell(row.cells[column.index]!, source.decimalComma);
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** Mean and standard deviation (of the sample itself: divided by n). Two passes, so that large means cost no digits. */
export function moments(values: readonly number[]): { mean: number; scale: number } {
  // Scaled first, so that numbers near the end of float64 neither overflow in the sum nor in the square.
  const top = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  let mean = 0;
  for (const value of values) mean += value / top / values.length;
  let square = 0;
  for (const value of values) square += (value / top - mean) ** 2 / values.length;
  return { mean: mean * top, scale: Math.sqrt(square) * top };
}
