import { IcicleError, named } from '../core/errors.js';
import type { Row, TableSource } from './table.js';

/** A cell of a row in memory; nothing, an empty text and words such as `NA` are missing ones. */
export type Cell = string | number | bigint | boolean | Date | null | undefined;

/** Columns of cells by name. */
export type Columns = Readonly<Record<string, readonly Cell[]>>;

/** Rows as objects, or columns. */
export type Rows = readonly Readonly<Record<string, Cell>>[] | Columns;

/**
 * A table in memory, with the columns of all its rows: a row that lacks one has it missing.
 * @param what what it is called in messages
 * @throws IcicleError: no rows, no columns, columns of different lengths, cells that are no cells
 */
export function tableOf(rows: Rows, what = 'the given rows'): TableSource {
  const count = Array.isArray(rows) ? rows.length : lengthOf(rows as Record<string, readonly Cell[]>, what);
  if (count === 0) throw new IcicleError(`empty table: ${what} are none: give at least one`);
  const names = Array.isArray(rows) ? namesOf(rows, what) : Object.keys(rows);
  if (names.length === 0)
    throw new IcicleError(`empty table: ${what} have no columns: give them cells by name`);
  const at = (row: number, name: string): Cell =>
    Array.isArray(rows) ? cellOf(rows[row], name) : (rows as Record<string, readonly Cell[]>)[name]![row];
  return {
    path: what,
    name: what,
    names,
    delimiter: ',',
    decimalComma: false,
    decimalMark: '.',
    async *rows(): AsyncGenerator<Row, void, undefined> {
      for (let r = 0; r < count; r++)
        yield { line: r + 1, cells: names.map((name) => textOf(at(r, name), name, r, what)) };
    },
  };
}

/** A row's own cell: every object has a `constructor`, and none means it. */
export const cellOf = (row: Readonly<Record<string, Cell>>, name: string): Cell =>
  Object.hasOwn(row, name) ? row[name] : undefined;

function namesOf(rows: readonly Readonly<Record<string, Cell>>[], what: string): string[] {
  const names = new Set<string>();
  for (const [r, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw new IcicleError(
        `invalid row ${r + 1} of ${what}: ${show(row)} is no object: give rows such as { age: 41, city: 'Oslo' }`,
      );
    for (const name of Object.keys(row)) names.add(name);
  }
  return [...names];
}

function lengthOf(columns: Readonly<Record<string, readonly Cell[]>>, what: string): number {
  if (typeof columns !== 'object' || columns === null)
    throw new IcicleError(
      `invalid table: ${what} are ${show(columns)}: give rows as objects, or columns by name`,
    );
  const entries = Object.entries(columns);
  for (const [name, cells] of entries)
    if (!Array.isArray(cells))
      throw new IcicleError(
        `invalid column ${named(name)} of ${what}: ${show(cells)} is no array: give its cells as one`,
      );
  const [first] = entries;
  if (first === undefined) return 0;
  const other = entries.find(([, cells]) => cells.length !== first[1].length);
  if (other !== undefined)
    throw new IcicleError(
      `ragged columns: ${named(first[0])} of ${what} has ${first[1].length} cells, ${named(other[0])} has ${other[1].length}: ` +
        'give each column as many, null where one is missing',
    );
  return first[1].length;
}

/** A cell as text, a missing one as none. @throws IcicleError where it is no cell */
export function textOf(cell: Cell, name: string, row: number, what: string): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return Number.isNaN(cell) ? '' : String(cell);
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'boolean' || typeof cell === 'bigint') return String(cell);
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString();
  throw new IcicleError(
    `invalid cell in column ${named(name)}, row ${row + 1} of ${what}: ${show(cell)} is no number, text, boolean or date: ` +
      'take its parts apart into columns of their own',
  );
}

function show(value: unknown): string {
  const text = typeof value === 'function' ? 'a function' : textOrKind(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/** As JSON; what refers to itself or holds what JSON has not is an object. */
function textOrKind(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'an object';
  }
}
