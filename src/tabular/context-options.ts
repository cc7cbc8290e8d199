import { invalid, missing } from '../core/errors.js';
import { parseCell, parseDate } from './cells.js';
import type { ColumnChoices } from './columns.js';
import { type Cell, cellOf, type Rows } from './memory.js';

export interface ContextOptions {
  /** The column to predict. Words and booleans are classes, numbers are numbers, unless `types` says otherwise. */
  readonly target: string;
  /** Corrections to what is inferred of columns, by name. */
  readonly types?: Readonly<Record<string, 'number' | 'category' | 'ignore'>>;
  /** Views of the table whose answers are averaged: more take as much longer; default 4. */
  readonly members?: number;
  /**
   * Folds of the cross-validation inside the context, each of which takes about as long as two views; default 5. With 0 there
   * is none: nothing is said about how good predictions are, and nothing is measured to blend and to widen intervals by.
   */
  readonly folds?: number;
  /** How often intervals and sets of classes hold the truth; default 0.9. */
  readonly level?: number;
  /**
   * Predictions abstain that are less sure than this: of a class, whose chance to be wrong is greater; of a number, whose
   * interval reaches further to either side than so many standard deviations of the labelled numbers.
   */
  readonly abstain?: number;
  /** Seed of all random choices; default 1. */
  readonly seed?: number;
  /** Told while the network reads the table: how many of its views it has read. */
  readonly progress?: (done: number, total: number) => void;
}

/** @throws IcicleError (exit code 2) */
export function checkOptions(options: ContextOptions): void {
  if (typeof options !== 'object' || options === null)
    throw missing('options', "say which column to predict, such as { target: 'price' }");
  const { target, types, members, folds, level, abstain, seed } = options;
  if (typeof target !== 'string' || target === '')
    throw invalid('option target', String(target), 'name the column to predict');
  if (members !== undefined && !(Number.isInteger(members) && members >= 1 && members <= 64))
    throw invalid('option members', members, 'a whole number from 1 to 64');
  if (folds !== undefined && !(folds === 0 || (Number.isInteger(folds) && folds >= 2 && folds <= 20)))
    throw invalid('option folds', folds, 'a whole number from 2 to 20, or 0 for none');
  if (level !== undefined && !(level >= 0.5 && level < 1))
    throw invalid('option level', level, 'a share from 0.5 to below 1, such as 0.9');
  if (types !== undefined && (typeof types !== 'object' || types === null))
    throw invalid('option types', types, "types by column name, such as { zip: 'category' }");
  if (abstain !== undefined && !(abstain > 0 && Number.isFinite(abstain)))
    throw invalid('option abstain', abstain, 'a number above 0, such as 0.1');
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0))
    throw invalid('option seed', seed, 'a whole number from 0');
}

export function choicesOf({ types = {} }: ContextOptions): Required<ColumnChoices> {
  const of = (type: string) => Object.keys(types).filter((name) => types[name] === type);
  const other = Object.entries(types).find(([, type]) => !['number', 'category', 'ignore'].includes(type));
  if (other !== undefined)
    throw invalid('option types', `${other[0]}=${String(other[1])}`, 'a type is number, category or ignore');
  return { categories: of('category'), numbers: of('number'), ignored: of('ignore') };
}

/** In memory, cells have types: a target of numbers is a number, though there be two, and one of words or booleans is classes. */
export function typedTarget(rows: Rows, options: ContextOptions): ContextOptions {
  checkOptions(options);
  const { target, types = {} } = options;
  if (Object.hasOwn(types, target)) return options;
  const type = typeOf(cellsOf(rows, target).find((cell) => typeOf(cell) !== undefined));
  if (type === undefined || type === 'date') return options;
  return { ...options, types: { ...types, [target]: type } };
}

function cellsOf(rows: Rows, name: string): readonly Cell[] {
  if (Array.isArray(rows)) return rows.map((row) => cellOf(row, name));
  return Object.hasOwn(rows, name) ? (rows as Record<string, readonly Cell[]>)[name]! : [];
}

/** What a cell of a target says it is; nothing where it is missing. */
function typeOf(cell: Cell): 'number' | 'category' | 'date' | undefined {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return undefined;
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? undefined : 'date';
  if (typeof cell === 'number' || typeof cell === 'bigint') return 'number';
  if (typeof cell === 'boolean') return 'category';
  if (parseCell(cell) === null) return undefined;
  return Number.isNaN(parseDate(cell.trim())) ? 'category' : 'date';
}
