import { IcicleError, invalid, listed, named, unknown, unsupported } from '../core/errors.js';
import { looksLikeNumber, parseCell, parseDate } from './cells.js';
import type { Row, TableSource } from './table.js';

/** What a column holds. Yes/no columns are categories of two; `empty` columns have no value at all. */
export type ColumnType = 'number' | 'category' | 'date' | 'empty' | 'ignored';

export interface ColumnSummary {
  readonly name: string;
  readonly index: number;
  readonly type: ColumnType;
  readonly missing: number;
  /** Cells with a finite number. */
  readonly numbers: number;
  readonly texts: number;
  /** Cells that say `none` or `missing`: among `texts` of a category, missing in other columns. */
  readonly nothings: number;
  /** Missing cells that say `null` or `nil`. */
  readonly nulls: number;
  /** The first cells with text. */
  readonly textsAt: readonly OddCell[];
  /** Least and greatest number. */
  readonly low: number;
  readonly high: number;
  /**
   * Whether the cells count from 0 or 1 through the whole file, in the first column or under a name such as `id`: a row
   * number, nothing to learn from.
   */
  readonly rowNumber: boolean;
  /** Whether a category was inferred although cells are numbers, or look like numbers with commas. */
  readonly mixed: boolean;
}

/** Corrections to what is inferred, by column name. */
export interface ColumnChoices {
  /** Categories although their cells are numbers or dates. */
  readonly categories?: readonly string[];
  /** Numbers whatever their cells look like; of a target with two numbers, that it is no class. */
  readonly numbers?: readonly string[];
  /** Not looked at. */
  readonly ignored?: readonly string[];
}

/** From this share of numbers on, a column with some text is a numeric column with mistakes in it. */
const MOSTLY_NUMBERS = 0.8;
const SHOWN = 3;
const NULL = /^\s*(?:null|nil)\s*$/i;
/** Fewer rows than this can count 1, 2, 3 by chance. */
const ROW_NUMBERS = 10;
const ROW_NUMBER_NAME = /^(.*[\W_])?(id|rowid|index|row|rownames|no|nr|number|obs)$|^column_\d+$|^unnamed/i;

interface Tally {
  missing: number;
  nothings: number;
  nulls: number;
  numbers: number;
  infinite: OddCell[];
  infinites: number;
  texts: number;
  odd: OddCell[];
  commas: number;
  dates: number;
  low: number;
  high: number;
  previous: number;
  rowNumber: boolean;
}

/** A cell that is not what its column holds. */
export interface OddCell {
  readonly line: number;
  readonly cell: string;
}

/** Counts what the columns of a stream of rows hold; `add` each row, then ask for the `summaries`. */
export interface ColumnCounter {
  add(row: Row): void;
  /**
   * @throws IcicleError: infinite numbers, text in a numeric column (with their lines)
   */
  summaries(choices?: ColumnChoices): ColumnSummary[];
}

export function countColumns(source: TableSource): ColumnCounter {
  const tallies = source.names.map(
    (): Tally => ({
      missing: 0,
      nothings: 0,
      nulls: 0,
      numbers: 0,
      infinite: [],
      infinites: 0,
      texts: 0,
      odd: [],
      commas: 0,
      dates: 0,
      low: Number.POSITIVE_INFINITY,
      high: Number.NEGATIVE_INFINITY,
      previous: Number.NaN,
      rowNumber: true,
    }),
  );
  return {
    add(row) {
      for (let i = 0; i < tallies.length; i++)
        count(tallies[i]!, row.cells[i]!, source.decimalComma, row.line);
    },
    summaries: (choices = {}) =>
      tallies.map((tally, index) => summarise(source, tally, source.names[index]!, index, choices)),
  };
}

function count(tally: Tally, cell: string, decimalComma: boolean, line: number): void {
  const value = parseCell(cell, decimalComma);
  if (value === null) {
    if (parseCell(cell, decimalComma, true) === null) tally.missing++;
    else tally.nothings++;
    if (NULL.test(cell)) tally.nulls++;
    tally.rowNumber = false;
  } else if (typeof value === 'string') {
    tally.texts++;
    if (looksLikeNumber(value)) tally.commas++;
    if (!Number.isNaN(parseDate(value))) tally.dates++;
    if (tally.odd.length < SHOWN) tally.odd.push({ line, cell: value });
  } else if (!Number.isFinite(value)) {
    tally.infinites++;
    if (tally.infinite.length < SHOWN) tally.infinite.push({ line, cell: String(value) });
  } else {
    tally.rowNumber &&= tally.numbers === 0 ? value === 0 || value === 1 : value === tally.previous + 1;
    tally.previous = value;
    tally.numbers++;
    tally.low = Math.min(tally.low, value);
    tally.high = Math.max(tally.high, value);
  }
}

function summarise(
  source: TableSource,
  tally: Tally,
  name: string,
  index: number,
  choices: ColumnChoices,
): ColumnSummary {
  const ignored = choices.ignored?.includes(name) === true;
  const declared = choices.categories?.includes(name) === true;
  const numeric = choices.numbers?.includes(name) === true;
  let type: ColumnType = 'category';
  if (ignored) type = 'ignored';
  else if (tally.numbers + tally.texts + tally.infinites + (declared ? tally.nothings : 0) === 0)
    type = 'empty';
  else if (!declared && !numeric && tally.dates > 0 && tally.dates === tally.texts && tally.numbers === 0)
    type = 'date';
  else if (!declared && (numeric || tally.numbers + tally.infinites > 0)) {
    const share = (tally.numbers + tally.infinites) / (tally.numbers + tally.infinites + tally.texts);
    if (numeric || share >= MOSTLY_NUMBERS) type = 'number';
    if (type === 'number' && tally.texts > 0)
      throw textInNumbers(
        source.path,
        name,
        tally.odd,
        tally.texts,
        ', or set its type to category or ignore with the option types',
      );
  }
  if (type === 'number' && tally.infinites > 0)
    throw infiniteNumber(source.path, name, tally.infinite, tally.infinites);
  const words = type === 'category';
  return {
    name,
    index,
    type,
    missing: tally.missing + (words ? 0 : tally.nothings),
    numbers: tally.numbers,
    texts: tally.texts + (words ? tally.nothings : 0),
    nothings: tally.nothings,
    nulls: tally.nulls,
    textsAt: tally.odd,
    low: tally.low,
    high: tally.high,
    rowNumber:
      type === 'number' &&
      !numeric &&
      tally.rowNumber &&
      tally.numbers >= ROW_NUMBERS &&
      (index === 0 || ROW_NUMBER_NAME.test(name)),
    mixed: type === 'category' && !declared && tally.texts > 0 && tally.numbers + tally.commas > 0,
  };
}

/** The error for words among numbers. */
export function textInNumbers(
  path: string,
  name: string,
  odd: readonly OddCell[],
  count: number,
  elsewise = '',
): IcicleError {
  return new IcicleError(
    `text in numeric column ${named(name)}: ${lines(odd, count)} of ${path}: write numbers there or leave the cells empty` +
      elsewise,
  );
}

/** The error for numbers without end. */
export function infiniteNumber(
  path: string,
  name: string,
  odd: readonly OddCell[],
  count: number,
): IcicleError {
  return new IcicleError(
    `infinite number in column ${named(name)}: ${lines(odd, count)} of ${path}: write a finite number or leave the cell ` +
      'empty, or set its type to ignore with the option types',
  );
}

/** The error for what is no date among dates. */
export function noDate(path: string, name: string, odd: OddCell): IcicleError {
  return new IcicleError(
    `no date in column ${named(name)}: ${lines([odd], 1)} of ${path}: write dates such as 2024-03-31 there or leave the ` +
      'cells empty',
  );
}

/** `"n.d." on line 4, "x" on line 9 and 12 more` */
function lines(odd: readonly OddCell[], count: number): string {
  const some = odd.map(({ line, cell }) => `${quoted(cell)} on line ${line}`).join(', ');
  return count > odd.length ? `${some} and ${count - odd.length} more` : some;
}

/** The beginning of a cell, on one line. */
export const quoted = (cell: string): string => named(cell.replaceAll(/\s+/g, ' ').slice(0, 24));

/**
 * The numeric column to predict.
 * @throws IcicleError: unknown column (with the nearest name), a category
 */
export function numericTarget(
  summaries: readonly ColumnSummary[],
  name: string,
  path: string,
): ColumnSummary {
  const found = targetColumn(summaries, name, path);
  if (found.type === 'category' && found.numbers >= found.texts && found.numbers > 0)
    throw textInNumbers(path, name, found.textsAt, found.texts);
  if (found.type === 'category')
    throw unsupported(
      'target',
      name,
      `its cells in ${path} are words, and this model predicts numbers only: choose a numeric column ` +
        `(${numeric(summaries, name)})`,
    );
  return found;
}

/**
 * The column to predict.
 * @throws IcicleError: unknown column (with the nearest name), nothing in it, dates
 */
export function targetColumn(summaries: readonly ColumnSummary[], name: string, path: string): ColumnSummary {
  const found = findColumn(summaries, name);
  if (found.type === 'date')
    throw unsupported(
      'target',
      name,
      `its cells in ${path} are dates: write them as a number, such as days since some day, and predict that`,
    );
  if (found.type === 'empty')
    throw new IcicleError(
      `no labelled rows: the column ${named(name)} of ${path} is empty: fill in the cells that are known`,
    );
  return found;
}

/** @throws IcicleError where the table has no column of that name */
export function findColumn<T extends { readonly name: string }>(columns: readonly T[], name: string): T {
  const found = columns.find((column) => column.name === name);
  if (found === undefined)
    throw unknown(
      'column',
      name,
      columns.map((column) => column.name),
    );
  return found;
}

function numeric(summaries: readonly ColumnSummary[], except: string): string {
  const names = summaries
    .filter(({ type, name }) => type === 'number' && name !== except)
    .map(({ name }) => name);
  if (names.length === 0) return 'this table has none';
  return listed(names);
}

/**
 * The columns that `choices` name. Each text is one name, or, where no column has it, several with commas between them.
 * @throws IcicleError (exit code 2): unknown column, the target among them
 */
export function resolveChoices(
  source: TableSource,
  target: string,
  choices: ColumnChoices,
): Required<ColumnChoices> {
  const columns = source.names.map((name) => ({ name }));
  findColumn(columns, target);
  const resolve = (type: string, texts: readonly string[]) => {
    const has = (name: string) => source.names.includes(name);
    const names = texts.flatMap((text) =>
      has(text) ? [text] : has(text.trim()) ? [text.trim()] : split(text),
    );
    for (const name of names)
      if (findColumn(columns, name).name === target && type === 'ignore')
        throw invalid(
          'option types',
          `${name}=${type}`,
          'it is the target: choose another target or leave it out here',
        );
    return names;
  };
  return {
    categories: resolve('category', choices.categories ?? []),
    numbers: resolve('number', choices.numbers ?? []),
    ignored: resolve('ignore', choices.ignored ?? []),
  };
}

function split(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * The columns to learn from. Those that count the rows are left out unless there is nothing else; `left` has sentences about
 * them and the empty ones.
 */
export function inputColumns(
  summaries: readonly ColumnSummary[],
  target: string,
): { inputs: readonly ColumnSummary[]; left: readonly string[] } {
  const others = summaries.filter(({ name, type }) => name !== target && type !== 'ignored');
  const all = others.filter(({ type }) => type !== 'empty');
  const inputs = all.filter(({ rowNumber }) => !rowNumber);
  const empty = emptyWarning(others.filter(({ type }) => type === 'empty'));
  if (inputs.length === 0) return { inputs: all, left: empty };
  const counting = all
    .filter(({ rowNumber }) => rowNumber)
    .map(
      ({ name }) =>
        `column ${named(name)} counts the rows and is left out; to keep it, put another column first and give it a name ` +
        'that is not an id',
    );
  return { inputs, left: [...counting, ...empty] };
}

/** One sentence, for spreadsheets may have many such columns. */
function emptyWarning(columns: readonly ColumnSummary[]): string[] {
  if (columns.length === 0) return [];
  const names = columns.slice(0, SHOWN).map(({ name }) => named(name));
  const more = columns.length > SHOWN ? ` and ${columns.length - SHOWN} more` : '';
  return columns.length === 1
    ? [`column ${names[0]} is empty and is left out`]
    : [`columns ${names.join(', ')}${more} are empty and are left out`];
}

/** That a column is taken for words although it may be meant as numbers. */
export function mixedWarning({ name, numbers, texts, textsAt }: ColumnSummary): string {
  const example = textsAt.map(({ cell, line }) => `${quoted(cell)} on line ${line}`)[0];
  return (
    `column ${named(name)} is read as categories: ${numbers} of its cells are numbers and ${texts} are not, such as ${example}; ` +
    'if numbers are meant, write them like 1234.5 and leave the others empty, else set its type to category with the option types'
  );
}

/** The error for a table in which no column but the target says anything. */
export const nothingToLearnFrom = (path: string): IcicleError =>
  new IcicleError(
    `no column to learn from: every column of ${path} but the target is empty, constant or a name for ` +
      'the row: add a column that says something about the rows',
  );
