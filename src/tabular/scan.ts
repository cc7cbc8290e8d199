import { IcicleError, named, usageError } from '../core/errors.js';
import { random } from '../core/random.js';
import { parseCell } from './cells.js';
import {
  type ColumnChoices,
  type ColumnSummary,
  countColumns,
  findColumn,
  resolveChoices,
  targetColumn,
} from './columns.js';
import type { Row, TableSource } from './table.js';

/** At most this many labelled rows are kept as examples … */
export const LABELLED_ROWS = 2000;
/** … and at most this many of their cells, so that a table with many columns keeps fewer rows. */
export const LABELLED_CELLS = 2_000_000;

/** What one pass over a table finds. */
export interface Scan {
  readonly columns: readonly ColumnSummary[];
  /** The corrections, each a column's name. */
  readonly choices: Required<ColumnChoices>;
  /** Rows with a number in the target, and rows without. */
  readonly labelled: number;
  readonly unlabelled: number;
  /**
   * The examples: every labelled row where there are at most `LABELLED_ROWS`, else that many drawn at random (a seeded
   * reservoir: each labelled row is as likely as any other). In the order of the file.
   */
  readonly examples: readonly Row[];
}

/**
 * Reads the whole table, keeping only the examples.
 * @throws IcicleError: unknown column, empty table, no labelled rows, a category as target, text in a numeric column,
 * infinite numbers, ragged rows
 */
export async function scanTable(
  source: TableSource,
  request: { readonly target: string; readonly seed: number; readonly choices?: ColumnChoices },
): Promise<Scan> {
  const choices = resolveChoices(source, request.target, request.choices ?? {});
  const scan = await scanAs(source, { ...request, choices }, true);
  const { type, nothings } = findColumn(scan.columns, request.target);
  // Only where the target is of words are cells such as `none` labels; that shows when all are read.
  return type === 'category' || nothings === 0 ? scan : scanAs(source, { ...request, choices }, false);
}

/** @param words whether the target is taken for one of words */
async function scanAs(
  source: TableSource,
  { target, seed, choices }: { target: string; seed: number; choices: Required<ColumnChoices> },
  words: boolean,
): Promise<Scan> {
  const place = source.names.indexOf(target);
  const keep = Math.min(LABELLED_ROWS, Math.max(100, Math.floor(LABELLED_CELLS / source.names.length)));
  const stream = random(seed, 'table', 'reservoir');
  const counter = countColumns(source);
  const kept: Row[] = [];
  let labelled = 0;
  let unlabelled = 0;
  for await (const row of source.rows()) {
    counter.add(row);
    if (parseCell(row.cells[place]!, source.decimalComma, words) === null) {
      unlabelled++;
      continue;
    }
    const slot = labelled++ < keep ? kept.length : stream.integer(labelled);
    if (slot < keep) kept[slot] = row;
  }
  if (labelled + unlabelled === 0)
    throw new IcicleError(`empty table: ${source.path} has a header but no rows: add rows below the header`);
  const columns = counter.summaries(choices);
  targetColumn(columns, target, source.path);
  kept.sort((a, b) => a.line - b.line);
  return { columns, choices, labelled, unlabelled, examples: kept };
}

/** @throws IcicleError (exit code 2) where every row has the target and nothing else was asked for */
export function checkSomethingToDo(
  source: TableSource,
  scan: Scan,
  target: string,
  asked: { readonly rows: boolean; readonly holdout: boolean },
): void {
  if (scan.unlabelled > 0 || asked.rows || asked.holdout) return;
  throw usageError(
    `no rows to predict: all ${scan.labelled} rows of ${source.path} have ${named(target)}: leave cells empty, give ` +
      'others with the option rows, or measure with the option holdout',
  );
}
