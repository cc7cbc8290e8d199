import { invalid } from '../core/errors.js';
import type { ContextOptions } from '../tabular/context-options.js';
import type { TabularRequest } from './predict-tabular.js';

/** The flags of `icicle predict`, as they were parsed. */
export interface PredictFlags {
  readonly rows?: string | undefined;
  readonly holdout?: number | undefined;
  readonly repeats?: number | undefined;
  readonly examples?: number | undefined;
  readonly category?: string[] | undefined;
  readonly types?: string[] | undefined;
  readonly ignore?: string[] | undefined;
  readonly members?: number | undefined;
  readonly level?: number | undefined;
  readonly abstain?: number | undefined;
  readonly explain?: number | undefined;
  readonly seed: number;
  readonly output?: string | undefined;
  readonly json?: true | undefined;
}

/** @throws IcicleError (exit code 2) where `--types` is not column=type */
export function tabularRequest(table: string, target: string, flags: PredictFlags): TabularRequest {
  const { rows, holdout, repeats = 20, examples, members, level, abstain, explain, seed, output } = flags;
  return {
    table,
    options: { target, types: typesOf(flags), seed, ...given({ members, level, abstain }) },
    ...given({ rows, output, explain }),
    ...(holdout === undefined ? {} : { comparison: { share: holdout, repeats, ...given({ examples }) } }),
    json: flags.json === true,
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** What of it is there. */
const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;

type Types = NonNullable<ContextOptions['types']>;
const TYPES = ['number', 'category', 'ignore'] as const satisfies readonly Types[string][];

/** A comma behind a type; others may belong to a column's name. */
const BEHIND_TYPE = new RegExp(`(?<==(?:${TYPES.join('|')})),`);

/**
 * `--types a=number,b=ignore`, `--category a` and `--ignore b` as one. What the last two name may be several columns with
 * commas between them, as in `resolveChoices`.
 */
export function typesOf({ types = [], category = [], ignore = [] }: PredictFlags): Types {
  const words = types.flatMap((text) => text.split(BEHIND_TYPE)).map((word) => word.trim());
  const declared = words.map((word): [string, Types[string]] => {
    const at = word.lastIndexOf('=');
    const type = TYPES.find((one) => one === word.slice(at + 1));
    if (at < 1 || type === undefined)
      throw invalid('--types', word, `column=type with a type of ${TYPES.join(', ')}`);
    return [word.slice(0, at), type];
  });
  return Object.fromEntries([
    ...category.map((name) => [name, 'category']),
    ...ignore.map((name) => [name, 'ignore']),
    ...declared,
  ]);
}
