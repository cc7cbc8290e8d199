import type { Rows } from '../tabular/memory.js';
import { CELL_CHARACTERS, NAME_CHARACTERS } from './limits.js';

// Tables are by far the largest part of a body. They are checked by a walk that stops at what is wrong first: a schema's
// parser takes ten times as long, copies them, and makes an object of each of a million wrong cells. `schemas.ts` has the
// same as a schema, and a test that both agree.

/** What is wrong with a table, and where in it. */
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** Whether nothing but its size is wrong. */
  readonly size?: true;
}

export interface TableLimits {
  readonly rows: number;
  readonly columns: number;
}

/** The first thing that is wrong with a table of JSON: rows as objects, or columns of cells by name. */
export function tableFault(table: unknown, limits: TableLimits): Fault | undefined {
  if (Array.isArray(table)) return rowsFault(table, limits);
  if (typeof table !== 'object' || table === null)
    return {
      path: [],
      message: `expected rows as objects, or columns of cells by name, got ${nameOf(table)}`,
    };
  return columnsFault(table as Readonly<Record<string, unknown>>, limits);
}

function rowsFault(rows: readonly unknown[], limits: TableLimits): Fault | undefined {
  if (rows.length === 0) return { path: [], message: 'expected at least one row' };
  if (rows.length > limits.rows) return tooMany([], rows.length, limits.rows, 'rows');
  const names = new Set<string>();
  for (const [r, row] of rows.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return { path: [r], message: `expected an object with the row's cells by name, got ${nameOf(row)}` };
    for (const name of Object.keys(row)) {
      names.add(name);
      const message = nameFault(name) ?? cellFault((row as Readonly<Record<string, unknown>>)[name]);
      if (message !== undefined) return { path: [r, name.slice(0, NAME_CHARACTERS)], message };
    }
    if (names.size > limits.columns) return tooMany([r], names.size, limits.columns, 'columns');
  }
  return undefined;
}

function columnsFault(columns: Readonly<Record<string, unknown>>, limits: TableLimits): Fault | undefined {
  const names = Object.keys(columns);
  if (names.length === 0) return { path: [], message: 'expected at least one column' };
  if (names.length > limits.columns) return tooMany([], names.length, limits.columns, 'columns');
  for (const name of names) {
    const cells = columns[name];
    const wrong = nameFault(name);
    if (wrong !== undefined) return { path: [name.slice(0, NAME_CHARACTERS)], message: wrong };
    if (!Array.isArray(cells))
      return { path: [name], message: `expected an array of cells, got ${nameOf(cells)}` };
    if (cells.length === 0) return { path: [name], message: 'expected at least one cell' };
    if (cells.length > limits.rows) return tooMany([name], cells.length, limits.rows, 'rows');
    for (const [r, cell] of cells.entries()) {
      const message = cellFault(cell);
      if (message !== undefined) return { path: [name, r], message };
    }
  }
  return undefined;
}

const nameFault = (name: string): string | undefined =>
  name.length > NAME_CHARACTERS
    ? `the column's name has ${name.length} characters, at most ${NAME_CHARACTERS} are taken`
    : undefined;

function cellFault(cell: unknown): string | undefined {
  if (typeof cell === 'string')
    return cell.length > CELL_CHARACTERS
      ? `the cell has ${cell.length} characters, at most ${CELL_CHARACTERS} are taken`
      : undefined;
  if (typeof cell === 'number') return Number.isFinite(cell) ? undefined : 'the number is beyond float64';
  if (typeof cell === 'boolean' || cell === null) return undefined;
  return `expected a text, number, boolean or null, got ${nameOf(cell)}`;
}

const tooMany = (path: Fault['path'], found: number, most: number, what: string): Fault => ({
  path,
  message: `${found} ${what}, at most ${most} are taken`,
  size: true,
});

/** What a value of JSON is, in a word: it may be megabytes. */
const nameOf = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : value === null
      ? 'null'
      : Array.isArray(value)
        ? 'an array'
        : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;

/** How many rows a table has that has no fault. */
export const countRows = (rows: Rows): number =>
  Array.isArray(rows)
    ? rows.length
    : (Object.values(rows as Readonly<Record<string, readonly unknown[]>>)[0]?.length ?? 0);
