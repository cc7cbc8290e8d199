import type { Learner } from '../core/episodes.js';
import { didYouMean, IcicleError, named } from '../core/errors.js';
import { parseCell } from './cells.js';
import { type ColumnChoices, numericTarget } from './columns.js';
import { type Encoding, encodeRows, encodeTarget, fitEncoding, type Matrix } from './encode.js';
import { type LearnedTable, learnTable } from './learn.js';
import { openTable } from './read.js';
import { checkSomethingToDo, type Scan, scanTable } from './scan.js';
import { type Splits, splitSizes } from './splits.js';
import type { Row, TableSource } from './table.js';

export interface TableRequest {
  /** A CSV file with a header: comma, semicolon or tab. Rows with the target are the examples. */
  readonly table: string;
  /** The numeric column to predict. */
  readonly target: string;
  /** Another file, whose rows are all predicted; without it, the rows of the table that lack the target are. */
  readonly rows?: string;
  readonly choices?: ColumnChoices;
  /** The held-out comparison that is wanted: with it, a table without rows to predict is fine. */
  readonly comparison?: Splits;
  /** Seed of all random choices, by default 1. */
  readonly seed?: number;
}

/** A table that was read once: what to learn from, and where the rows to predict are. */
export interface TableTask {
  readonly source: TableSource;
  readonly target: string;
  readonly seed: number;
  readonly scan: Scan;
  readonly encoding: Encoding;
  /** The encoded examples, [rows,width], and their standardised labels, [rows]. */
  readonly x: Matrix;
  readonly y: Float64Array;
  readonly asked: {
    readonly source: TableSource;
    readonly only: 'unlabelled' | 'all';
    readonly count: number;
  };
}

/**
 * Reads and checks everything before anything is predicted, so that nothing is left half-written: the table, the rows to
 * predict, the splits of the comparison.
 * @throws IcicleError: whatever can be wrong with a table (exit code 1) or with what is asked of it (2), one line that says
 * what to do about it
 */
export async function openTask(request: TableRequest): Promise<TableTask> {
  const { target, choices, comparison, seed = 1 } = request;
  const source = await openTable(request.table);
  const scan = await scanTable(source, { target, seed, ...(choices === undefined ? {} : { choices }) });
  numericTarget(scan.columns, target, source.path);
  checkSomethingToDo(source, scan, target, {
    rows: request.rows !== undefined,
    holdout: comparison !== undefined,
  });
  if (comparison !== undefined) splitSizes(scan.examples.length, comparison);
  const encoding = fitEncoding(source, scan.columns, target, scan.examples);
  const asked =
    request.rows === undefined
      ? { source, only: 'unlabelled' as const, count: scan.unlabelled }
      : await openRows(request.rows, encoding);
  return {
    source,
    target,
    seed,
    scan,
    encoding,
    x: encodeRows(encoding, source, scan.examples),
    y: encodeTarget(encoding, source, scan.examples),
    asked,
  };
}

/** Opens a file of rows to predict: it needs the columns that were learned from, in any order. */
async function openRows(path: string, encoding: Encoding): Promise<TableTask['asked']> {
  const source = await openTable(path);
  for (const { name } of encoding.columns) {
    if (source.names.includes(name)) continue;
    const near = didYouMean(name, source.names);
    throw new IcicleError(
      `missing column ${named(name)} in ${path}:${near === undefined ? '' : ` is it ${named(near)} there?`} the rows to predict need ` +
        'every column that was learned from; add it (its cells may be empty) or set its type to ignore with the option types',
    );
  }
  let count = 0;
  for await (const row of source.rows()) {
    encodeRows(encoding, source, [row]);
    count++;
  }
  if (count === 0)
    throw new IcicleError(`empty table: ${path} has a header but no rows: add the rows to predict`);
  return { source, only: 'all', count };
}

/** Shows the task's labelled rows to a learner; no parameter of it changes. */
export function learnTask(task: TableTask, learner: Learner): Promise<LearnedTable> {
  return learnTable(learner, task.encoding, task.x, task.y, task.seed);
}

/** A row that was asked for, as it stands in the file, and its predicted target. */
export interface Predicted {
  readonly row: Row;
  /** In units of the target. */
  readonly value: number;
}

/** Rows that are predicted at once: bounds memory. */
const CHUNK = 64;

/**
 * Predicts the rows of a task in the order of their file, a few at a time, in bounded memory.
 * @param most stops after so many rows
 */
export async function* predictRows(
  task: TableTask,
  learned: LearnedTable,
  most = Number.POSITIVE_INFINITY,
): AsyncGenerator<Predicted[], void, undefined> {
  const { source, only } = task.asked;
  const place = source.names.indexOf(task.target);
  let chunk: Row[] = [];
  let left = most;
  const flush = async () => {
    const values = await learned.predict(encodeRows(task.encoding, source, chunk));
    const predicted = chunk.map((row, i) => ({ row, value: values[i]! }));
    chunk = [];
    return predicted;
  };
  for await (const row of source.rows()) {
    if (only === 'unlabelled' && parseCell(row.cells[place]!, source.decimalComma) !== null) continue;
    chunk.push(row);
    left--;
    if (chunk.length === CHUNK) yield await flush();
    if (left <= 0) break;
  }
  if (chunk.length > 0) yield await flush();
}
