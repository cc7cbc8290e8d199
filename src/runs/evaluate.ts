import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IcicleError, missing } from '../core/errors.js';
import { parseCell } from '../tabular/cells.js';
import type { ContextOptions } from '../tabular/context-options.js';
import { some } from '../tabular/evaluate/compare.js';
import { classScores, numberScores, type Scores } from '../tabular/evaluate/scores.js';
import type { Outcome } from '../tabular/evaluate/summary.js';
import { openTable } from '../tabular/read.js';
import type { Row, TableSource } from '../tabular/table.js';
import type { TabularLearner } from '../tabular/tabular.js';
import { readIfThere, writeFileAtomic } from './files.js';

/** A table of the suite, as `bench/evaluate/fetch.py` writes them. */
interface Entry {
  readonly name: string;
  /** Its CSV's name, where that is another. */
  readonly table?: string;
  readonly target: string;
  readonly task: 'classes' | 'number';
}

/** Which rows are shown and asked, as `bench/evaluate/splits.py` writes them. */
interface Splits {
  readonly classes: readonly string[] | null;
  readonly splits: readonly Split[];
}

interface Split {
  readonly labels: number;
  readonly repeat: number;
  readonly shown: readonly number[];
  readonly asked: readonly number[];
}

/** What `bench/evaluate/baselines.py` writes: of each learner and split, probabilities or numbers of the asked rows. */
interface Baselines {
  readonly learners: Readonly<Record<string, readonly (readonly (number | readonly number[])[])[]>>;
}

export interface EvaluateOptions {
  readonly labels?: readonly number[];
  readonly repeats?: number;
  readonly tables?: readonly string[];
  readonly members?: number;
  readonly progress?: (done: number, total: number, what: string) => void;
  readonly signal?: AbortSignal;
}

/** What our learner is called in the outcomes. */
export const OWN = 'icicle';

/**
 * Lets the learner learn each split of each table, and measures it beside the baselines' answers. A table that is done is kept
 * in the folder, by the model's hash and the options, and is not done again.
 * @throws IcicleError where the folder lacks a file that one of the scripts writes
 */
export async function evaluateSuite(
  folder: string,
  learner: TabularLearner,
  options: EvaluateOptions = {},
): Promise<Outcome[]> {
  const suite = await readJson<Entry[]>(join(folder, 'suite.json'), 'fetch.py');
  const wanted = suite.filter(({ name }) => options.tables?.includes(name) ?? true);
  const key = createHash('sha256')
    .update(JSON.stringify([learner.hash, options.labels, options.repeats, options.members]))
    .digest('hex');
  const kept = join(folder, 'outcomes', key.slice(0, 12));
  await mkdir(kept, { recursive: true });
  const all: Outcome[] = [];
  for (const [at, entry] of wanted.entries()) {
    const path = join(kept, `${entry.name}.json`);
    const suit = await suitOf(folder, entry, options);
    const before = await readIfThere(path);
    const own =
      before === undefined
        ? await ownOutcomes(suit, learner, options, (share) =>
            options.progress?.(at + share, wanted.length, entry.name),
          )
        : (JSON.parse(before.toString()) as Outcome[]);
    if (options.signal?.aborted === true) break;
    if (before === undefined) await writeFileAtomic(path, JSON.stringify(own));
    all.push(...own, ...(await baselineOutcomes(folder, suit)));
    options.progress?.(at + 1, wanted.length, entry.name);
  }
  return all;
}

/** A table with the splits that were chosen of it. */
interface Suit {
  readonly entry: Entry;
  readonly source: TableSource;
  readonly rows: readonly Row[];
  readonly classes: readonly string[] | null;
  readonly splits: readonly (Split & { readonly index: number })[];
  /** Types as a user would give them who knows the whole table: columns with any word are categories. */
  readonly types: NonNullable<ContextOptions['types']>;
}

async function suitOf(folder: string, entry: Entry, { labels, repeats }: EvaluateOptions): Promise<Suit> {
  const { name, table = name } = entry;
  const source = await openTable(join(folder, 'tables', `${table}.csv`));
  const rows: Row[] = [];
  for await (const row of source.rows()) rows.push(row);
  const { classes, splits } = await readJson<Splits>(join(folder, 'splits', `${name}.json`), 'splits.py');
  const chosen = splits
    .map((split, index) => ({ ...split, index }))
    .filter((split) => (labels?.includes(split.labels) ?? true) && split.repeat < (repeats ?? Infinity));
  const hasWords = (column: number) =>
    rows.some(({ cells }) => typeof parseCell(cells[column]!, source.decimalComma) === 'string');
  const words = source.names.filter((_, column) => hasWords(column));
  const types = {
    ...Object.fromEntries(words.map((word) => [word, 'category' as const])),
    [entry.target]: entry.task === 'number' ? ('number' as const) : ('category' as const),
  };
  return { entry, source, rows, classes, splits: chosen, types };
}

async function ownOutcomes(
  suit: Suit,
  learner: TabularLearner,
  { members, signal }: EvaluateOptions,
  progress: (share: number) => void,
): Promise<Outcome[]> {
  const { rows, splits } = suit;
  const outcomes: Outcome[] = [];
  for (const [done, split] of splits.entries()) {
    if (signal?.aborted === true) break;
    const asked = split.asked.map((row) => rows[row]!);
    const shown = split.shown.map((row) => rows[row]!);
    const { values, intervals } = await answer(suit, shown, asked, learner, members);
    outcomes.push(outcomeOf(suit, split, OWN, values, intervals));
    progress((done + 1) / splits.length);
  }
  return outcomes;
}

/** What the baselines score; none where they have not been run on the table. */
async function baselineOutcomes(folder: string, suit: Suit): Promise<Outcome[]> {
  const bytes = await readIfThere(join(folder, 'baselines', `${suit.entry.name}.json`));
  if (bytes === undefined) return [];
  const { learners } = JSON.parse(bytes.toString()) as Baselines;
  return Object.entries(learners).flatMap(([learner, answers]) =>
    suit.splits.map((split) =>
      outcomeOf(suit, split, learner, Float64Array.from(answers[split.index]!.flat())),
    ),
  );
}

function outcomeOf(
  { entry, source, rows, classes }: Suit,
  { asked, labels, repeat }: Split,
  learner: string,
  answers: Float64Array,
  intervals?: Float64Array,
): Outcome {
  const measure = measureOf(
    entry,
    source,
    asked.map((row) => rows[row]!),
    classes,
  );
  return {
    table: entry.name,
    task: entry.task,
    labels,
    repeat,
    learner,
    scores: measure(answers, intervals),
  };
}

/** Scores of answers to the asked rows: probabilities [rows,K] or numbers [rows]. */
function measureOf(
  { task, target }: Entry,
  source: TableSource,
  asked: readonly Row[],
  classes: readonly string[] | null,
): (answers: Float64Array, intervals?: Float64Array) => Scores {
  const place = source.names.indexOf(target);
  const cells = asked.map(({ cells }) => cells[place]!.trim());
  if (task === 'number') {
    const truth = Float64Array.from(cells, Number);
    return (values, intervals) => numberScores(values, truth, intervals);
  }
  const truth = Int32Array.from(cells, (cell) => classes!.indexOf(cell));
  return (probabilities) => classScores(probabilities, truth, classes!.length);
}

/** What our learner says of the asked rows; the constant where it refuses to learn from the shown ones. */
async function answer(
  { entry: { target, task }, source, classes, types }: Suit,
  shown: readonly Row[],
  asked: readonly Row[],
  learner: TabularLearner,
  members: number | undefined,
): Promise<{ values: Float64Array; intervals?: Float64Array }> {
  const options: ContextOptions = {
    target,
    types,
    ...(members === undefined ? {} : { members }),
  };
  const given: number[] = [];
  const intervals: number[] = [];
  try {
    const learned = await learner.context(some(source, shown), options);
    for await (const chunk of learned.predictTable(some(source, asked)))
      for (const { prediction } of chunk)
        if (prediction.kind === 'classes')
          given.push(...classes!.map((name) => prediction.probabilities[name] ?? 0));
        else {
          given.push(prediction.value);
          intervals.push(...prediction.interval);
        }
  } catch (error) {
    if (!(error instanceof IcicleError)) throw error;
    return constant(source.names.indexOf(target), shown, asked, classes);
  }
  return {
    values: Float64Array.from(given),
    ...(task === 'number' ? { intervals: Float64Array.from(intervals) } : {}),
  };
}

function constant(
  place: number,
  shown: readonly Row[],
  asked: readonly Row[],
  classes: readonly string[] | null,
): { values: Float64Array } {
  const labels = shown.map(({ cells }) => cells[place]!.trim());
  const mean = () => labels.reduce((sum, label) => sum + Number(label) / labels.length, 0);
  const each =
    classes === null
      ? [mean()]
      : classes.map((name) => labels.filter((label) => label === name).length / labels.length);
  return { values: Float64Array.from(asked.flatMap(() => each)) };
}

async function readJson<T>(path: string, script: string): Promise<T> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) throw missing(path, `write it with bench/evaluate/${script}`);
  return JSON.parse(bytes.toString()) as T;
}
