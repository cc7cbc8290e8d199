import type { Measurement } from '../../core/measurement.js';
import { permutation, random } from '../../core/random.js';
import { specHash } from '../../core/spec.js';
import { bootstrapMeans } from '../../measure/intervals.js';
import type { ContextOptions } from '../context-options.js';
import type { Examples } from '../ensemble/examples.js';
import { fitHead } from '../heads/head.js';
import { fitNeighbours } from '../heads/neighbours.js';
import { cellsOf, examplesOf, type Schema } from '../schema.js';
import { type Splits, splitSizes } from '../splits.js';
import type { Row, TableSource } from '../table.js';
import type { TabularLearner } from '../tabular.js';
import type { TabularTask } from '../tabular-task.js';
import { constantOf } from '../trust/constant.js';
import { foldsOf } from '../trust/folds.js';
import { classScores, numberScores, type Scores } from './scores.js';

/** Neighbours of the baseline. */
const NEIGHBOURS = 5;

export interface CompareOptions {
  /** A hash that the rows carry, by default that of table, target, splits and seed. */
  readonly spec?: string;
  readonly progress?: (done: number, total: number) => void;
}

/**
 * Holds the learner against textbook ones on labelled rows of the task that none of them is shown: `majority` or `mean`,
 * `knn:5`, `logistic` or `ridge`. Rows of every learner and metric of `classScores` or `numberScores`: means over the splits,
 * with 90 % intervals from resampling splits, the same ones for all learners.
 * @throws IcicleError: splits that cannot be, too few labelled rows
 */
export async function compareTabular(
  learner: TabularLearner,
  task: TabularTask,
  splits: Splits,
  { spec, progress }: CompareOptions = {},
): Promise<Measurement[]> {
  const { scan, source, options } = task;
  const { seed = 1 } = options;
  const sizes = splitSizes(scan.examples.length, splits);
  const scores: Record<string, Scores[]> = {};
  for (let repeat = 0; repeat < splits.repeats; repeat++) {
    progress?.(repeat, splits.repeats);
    const order = permutation(scan.examples.length, random(seed, 'table', 'split', repeat));
    const rows = (places: readonly number[]) => places.map((place) => scan.examples[place]!);
    const shown = rows(order.slice(0, sizes.shown));
    const asked = rows(order.slice(order.length - sizes.asked));
    for (const [name, own] of Object.entries(await scoresOf(learner, task, shown, asked)))
      scores[name] = [...(scores[name] ?? []), own];
  }
  progress?.(splits.repeats, splits.repeats);
  const about = {
    family: source.name,
    seed,
    spec:
      spec ?? specHash({ table: source.name, target: options.target, learner: learner.name, splits, seed }),
    examples: sizes.shown,
  };
  return Object.entries(scores).flatMap(([name, all]) =>
    Object.keys(all[0]!).map((metric): Measurement => {
      // An area under the curve is not there where only one class was asked.
      const values = all.map((one) => one[metric]!).filter((value) => !Number.isNaN(value));
      const { value, low, high } = bootstrapMeans(
        { values: Float64Array.from(values), episodes: values.length, points: 1 },
        { seed },
      );
      return {
        ...about,
        learner: name,
        metric,
        value: value[0]!,
        low: low[0]!,
        high: high[0]!,
        episodes: values.length * sizes.asked,
      };
    }),
  );
}

/** What each learner scores on the asked rows of a split. */
async function scoresOf(
  learner: TabularLearner,
  task: TabularTask,
  shown: readonly Row[],
  asked: readonly Row[],
): Promise<Record<string, Scores>> {
  const { schema, source } = task;
  const { target } = schema;
  const examples = examplesOf(schema, source, shown);
  const cells = cellsOf(schema, source, asked);
  const truth = examplesOf(schema, source, asked).target.values;
  const folds = foldsOf(examples.target, NEIGHBOURS, random(task.options.seed ?? 1, 'cross-validation'));
  const head = fitHead(examples, folds);
  const measure = (answers: Float64Array, intervals?: Float64Array): Scores =>
    target.kind === 'classes'
      ? classScores(answers, truth as Int32Array, target.classes.length)
      : numberScores(answers, truth as Float64Array, intervals);
  const own = await ownAnswers(learner, task, shown, asked);
  return {
    [target.kind === 'classes' ? 'majority' : 'mean']: measure(constantAnswers(examples, cells.rows)),
    [`knn:${NEIGHBOURS}`]: measure(fitNeighbours(examples, NEIGHBOURS)(cells)),
    [head.name]: measure(head.predict(cells)),
    [learner.name]: measure(own.answers, own.intervals),
  };
}

function constantAnswers(examples: Examples, rows: number): Float64Array {
  const { target } = examples;
  if (target.kind === 'classes') return constantOf(examples, [], 1).predict(rows);
  const mean = target.values.reduce((sum, value) => sum + value / target.values.length, 0);
  return new Float64Array(rows).fill(mean);
}

async function ownAnswers(
  learner: TabularLearner,
  { schema, source, options }: TabularTask,
  shown: readonly Row[],
  asked: readonly Row[],
): Promise<{ answers: Float64Array; intervals: Float64Array }> {
  const learned = await learner.context(some(source, shown), typed(options, schema));
  const answers: number[] = [];
  const intervals: number[] = [];
  for await (const chunk of learned.predictTable(some(source, asked)))
    for (const { prediction } of chunk)
      if (prediction.kind === 'number') {
        answers.push(prediction.value);
        intervals.push(...prediction.interval);
      } else {
        const { classes } = schema.target as Extract<Schema['target'], { kind: 'classes' }>;
        answers.push(...classes.map((name) => prediction.probabilities[name] ?? 0));
      }
  return { answers: Float64Array.from(answers), intervals: Float64Array.from(intervals) };
}

/** The options with the kind of target that the whole table has: a few rows of it may look otherwise. */
const typed = (options: ContextOptions, { target }: Schema): ContextOptions => ({
  ...options,
  types: { ...options.types, [target.name]: target.kind === 'classes' ? 'category' : 'number' },
});

/** Some rows of a table as a table. */
export const some = (source: TableSource, rows: readonly Row[]): TableSource => ({
  ...source,
  async *rows() {
    yield* rows;
  },
});
