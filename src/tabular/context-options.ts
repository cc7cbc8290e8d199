import { invalid } from '../core/errors.js';
import type { ColumnChoices } from './columns.js';
import type { Cell, Rows } from './memory.js';

export interface ContextOptions {
  /** The column to predict. Words and booleans are classes, numbers are numbers, unless `types` says otherwise. */
  readonly target: string;
  /** Corrections to what is inferred of columns, by name. */
  readonly types?: Readonly<Record<string, 'number' | 'category' | 'ignore'>>;
  /** Views of the table whose answers are averaged: more take as much longer; default 4. */
  readonly members?: number;
  /** How often intervals and sets of classes hold the truth; default 0.9. */
  readonly level?: number;
  /**
   * Predictions abstain that are less sure than this: of a class, whose chance to be wrong is greater; of a number, whose
   * interval reaches further to either side than so many standard deviations of the labelled numbers.
   */
  readonly abstain?: number;
  /** Seed of all random choices; default 1. */
  readonly seed?: number;
}

/** @throws IcicleError (exit code 2) */
export function checkOptions({ target, members, level, abstain, seed }: ContextOptions): void {
  if (typeof target !== 'string' || target === '')
    throw invalid('target', String(target), 'name the column to predict');
  if (members !== undefined && !(Number.isInteger(members) && members >= 1 && members <= 64))
    throw invalid('members', members, 'a whole number from 1 to 64');
  if (level !== undefined && !(level >= 0.5 && level < 1))
    throw invalid('level', level, 'a share from 0.5 to below 1, such as 0.9');
  if (abstain !== undefined && !(abstain > 0))
    throw invalid('abstain', abstain, 'a number above 0, such as 0.1');
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0))
    throw invalid('seed', seed, 'a whole number from 0');
}

export function choicesOf({ types = {} }: ContextOptions): Required<ColumnChoices> {
  const of = (type: string) => Object.keys(types).filter((name) => types[name] === type);
  const other = Object.entries(types).find(([, type]) => !['number', 'category', 'ignore'].includes(type));
  if (other !== undefined)
    throw invalid(`type of "${other[0]}"`, String(other[1]), 'number, category or ignore');
  return { categories: of('category'), numbers: of('number'), ignored: of('ignore') };
}

/** In memory, cells have types: a target of numbers is a number, though there be two, and one of words or booleans is classes. */
export function typedTarget(rows: Rows, options: ContextOptions): ContextOptions {
  const { target, types } = options;
  const cells = Array.isArray(rows)
    ? rows.map((row) => row[target])
    : ((rows as Record<string, readonly Cell[]>)[target] ?? []);
  const first = cells.find(
    (cell) => cell !== null && cell !== undefined && cell !== '' && !Number.isNaN(cell),
  );
  if (first === undefined || types?.[target] !== undefined) return options;
  const type = typeof first === 'number' || typeof first === 'bigint' ? 'number' : 'category';
  return { ...options, types: { ...types, [target]: type } };
}
