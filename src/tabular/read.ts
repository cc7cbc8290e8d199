import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { CsvError, parse } from 'csv-parse';
import { parse as parseNow } from 'csv-parse/sync';
import { IcicleError, listed, named } from '../core/errors.js';
import { hasDecimalComma, parseCell } from './cells.js';
import type { Row, TableSource } from './table.js';

const HEAD_BYTES = 1 << 18;
/** So many of the first rows tell how the file writes numbers, and whether it has a header. */
const HEAD_ROWS = 100;
/** Any of these ends a row, in one file too: headers are often added by another program than wrote the rows. */
const LINE_ENDS = ['\r\n', '\n', '\r'];
/** A row may have this many characters; more is a quote that was never closed. */
const LONGEST_ROW = 4_000_000;

/**
 * Opens a CSV file: finds its delimiter (comma, semicolon or tab) and checks its header.
 * @throws IcicleError (exit code 1): missing file, folder, empty table, no header, duplicate header, wrong quotes
 */
export async function openTable(path: string): Promise<TableSource> {
  const name = basename(path);
  const head = await readHead(path);
  if (head.trim() === '')
    throw new IcicleError(`empty table: ${path} has no header and no rows: give a CSV file`);
  if (head.includes('\u0000'))
    throw new IcicleError(`invalid table: ${path} is not text: export it as CSV in UTF-8 and give that file`);
  const delimiter = findDelimiter(head);
  const source: Dialect = { path, delimiter };
  const [header, ...first] = await firstRecords(source, 1 + HEAD_ROWS);
  if (header === undefined)
    throw new IcicleError(`empty table: ${path} has no header and no rows: give a CSV file`);
  const names = checkHeader(path, header, first[0] ?? []);
  const decimalComma = delimiter === ';';
  return {
    path,
    name,
    names,
    delimiter,
    decimalComma,
    decimalMark: decimalComma && first.some((cells) => cells.some(hasDecimalComma)) ? ',' : '.',
    rows: () => readRows(source, names),
  };
}

interface Dialect {
  readonly path: string;
  readonly delimiter: ',' | ';' | '\t';
}

async function firstRecords(source: Dialect, most: number): Promise<string[][]> {
  const first: string[][] = [];
  for await (const { cells } of records(source)) if (first.push(cells) === most) break;
  return first;
}

async function* readRows(source: Dialect, names: readonly string[]): AsyncGenerator<Row, void, undefined> {
  let header = true;
  for await (const row of records(source)) {
    if (header) {
      header = false;
      continue;
    }
    if (row.cells.length !== names.length)
      throw new IcicleError(
        `ragged row: line ${row.line} of ${source.path} has ${row.cells.length} cells, the header has ` +
          `${names.length}: add or remove cells, or quote cells that hold the delimiter ${show(source.delimiter)}`,
      );
    yield row;
  }
}

/** All records, header included, blank lines left out. Closes the file when the caller stops early. */
async function* records(source: Dialect): AsyncGenerator<{ line: number; cells: string[] }, void, undefined> {
  const file = createReadStream(source.path, { highWaterMark: 1 << 18 });
  const parser = parse({
    delimiter: source.delimiter,
    record_delimiter: LINE_ENDS,
    bom: true,
    relax_column_count: true,
    max_record_size: LONGEST_ROW,
  });
  file.on('error', (error) => parser.destroy(error));
  file.pipe(parser);
  let line = 1;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      const begin = line;
      line += 1 + newlines(cells);
      if (cells.length === 1 && cells[0]!.trim() === '') continue;
      yield { line: begin, cells };
    }
  } catch (error) {
    throw explain(source.path, error, line);
  } finally {
    file.destroy();
    parser.destroy();
  }
}

/** Line breaks inside quoted cells, so that line numbers stay right. */
function newlines(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells)
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

async function readHead(path: string): Promise<string> {
  try {
    const file = await open(path);
    try {
      const stats = await file.stat();
      if (!stats.isFile())
        throw new IcicleError(
          `cannot read ${path}: it is ${stats.isDirectory() ? 'a folder' : 'not a regular file'}: give a CSV file ` +
            'on disk (it is read twice)',
        );
      const buffer = Buffer.alloc(Math.min(HEAD_BYTES, Math.max(1, stats.size)));
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
      return buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '');
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explain(path, error, 1);
  }
}

/** The delimiter that cuts the header into the most cells; a comma where none does. */
function findDelimiter(head: string): ',' | ';' | '\t' {
  const cells = (delimiter: string): number => {
    try {
      const found = parseNow(head, {
        delimiter,
        record_delimiter: LINE_ENDS,
        to: 1,
        relax_column_count: true,
        relax_quotes: true,
      });
      return (found[0] as string[] | undefined)?.length ?? 0;
    } catch {
      return 0;
    }
  };
  let best: ',' | ';' | '\t' = ',';
  let most = cells(',');
  for (const delimiter of [';', '\t'] as const) {
    const count = cells(delimiter);
    if (count > most) {
      best = delimiter;
      most = count;
    }
  }
  return best;
}

/** The header's names: trimmed, unique, with `column_3` for a name that is empty. */
function checkHeader(path: string, cells: readonly string[], first: readonly string[]): string[] {
  const names = cells.map((cell, i) => cell.trim() || `column_${i + 1}`);
  if (looksLikeRow(cells, first))
    throw new IcicleError(
      `no header: the first line of ${path} holds numbers (${listed(cells.slice(0, 3))}…): put the columns' ` +
        'names in the first line',
    );
  const seen = new Map<string, number>();
  names.forEach((name, i) => {
    const before = seen.get(name);
    if (before !== undefined)
      throw new IcicleError(
        `duplicate header: columns ${before + 1} and ${i + 1} of ${path} are both named ${named(name)}: rename one`,
      );
    seen.set(name, i);
  });
  return names;
}

/**
 * Whether a header is a row like the others: mostly numbers, and a number wherever the row below has one. A word above a
 * number is a name, and so are the years beside it.
 */
function looksLikeRow(header: readonly string[], below: readonly string[]): boolean {
  const kinds = header.map((cell) => typeof parseCell(cell));
  const numbers = kinds.filter((kind) => kind === 'number').length;
  const blank = header.filter((cell) => parseCell(cell) === null).length;
  const named = kinds.some((kind, i) => kind === 'string' && typeof parseCell(below[i] ?? '') === 'number');
  return numbers > 0 && numbers + blank > header.length / 2 && !named;
}

/** What a reader's or a file system's error means for the user. */
function explain(path: string, error: unknown, line: number): unknown {
  const code = (error as { code?: string }).code;
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new IcicleError(`missing file: ${path}: check the path`, { exitCode: 2, cause: error });
  if (code === 'EACCES' || code === 'EPERM')
    return new IcicleError(`cannot read ${path}: no permission: check who may read it`, { cause: error });
  if (code !== undefined && (error as { syscall?: string }).syscall !== undefined)
    return new IcicleError(`cannot read ${path}: the system says ${code}: check the path and the disk`, {
      cause: error,
    });
  if (!(error instanceof CsvError)) return error;
  const near = `near line ${(error as { lines?: number }).lines ?? line} of ${path}`;
  const reason =
    code === 'CSV_MAX_RECORD_SIZE' || code === 'CSV_QUOTE_NOT_CLOSED'
      ? `a quote that opens in the row at line ${line} of ${path} is never closed`
      : `a quote stands where none can be, ${near}`;
  return new IcicleError(`invalid table: ${reason}: write quoted cells as "a, b" and quotes in them as ""`, {
    cause: error,
  });
}

function show(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : `"${delimiter}"`;
}
