import type { Measurement } from '../../core/measurement.js';
import { bootstrapMeans } from '../../measure/intervals.js';
import { MORE_IS_BETTER, type Scores } from './scores.js';

/** What a learner scored on one split of a table. */
export interface Outcome {
  readonly table: string;
  readonly task: 'classes' | 'number';
  readonly labels: number;
  readonly repeat: number;
  readonly learner: string;
  readonly scores: Scores;
}

interface About {
  readonly seed: number;
  readonly spec: string;
}

const seriesOf = (values: readonly number[]) => ({
  values: Float64Array.from(values),
  episodes: values.length,
  points: 1,
});

/**
 * Means over tables of the means over their splits, by number of labels, learner and metric; 90 % intervals from resampling
 * tables.
 */
export function meansOf(outcomes: readonly Outcome[], about: About): Measurement[] {
  const rows: Measurement[] = [];
  for (const task of ['classes', 'number'] as const)
    for (const [labels, ofLabels] of groupBy(of(outcomes, { task }), ({ labels }) => labels))
      for (const [learner, own] of groupBy(ofLabels, ({ learner }) => learner))
        for (const metric of Object.keys(own[0]!.scores)) {
          const perTable = [...groupBy(own, ({ table }) => table).values()]
            .map((splits) => splits.map(({ scores }) => scores[metric] ?? Number.NaN).filter(Number.isFinite))
            // Of a table where the learner refused there is no interval to measure.
            .filter(({ length }) => length > 0)
            .map(mean);
          rows.push(
            rowOf(perTable, { ...about, family: `tables with ${nameOf(task)}`, learner, metric, labels }),
          );
        }
  return rows;
}

/**
 * How often one learner beats each of the others on the same split, ties half, by number of labels: the mean over tables of
 * their share of splits; 90 % intervals from resampling tables.
 */
export function winsOf(
  outcomes: readonly Outcome[],
  learner: string,
  metric: string,
  task: Outcome['task'],
  about: About,
): Measurement[] {
  const better = MORE_IS_BETTER.has(metric) ? 1 : -1;
  const rows: Measurement[] = [];
  for (const [labels, ofLabels] of groupBy(of(outcomes, { task }), ({ labels }) => labels)) {
    const others = new Set(ofLabels.map(({ learner }) => learner));
    others.delete(learner);
    const scores = new Map(ofLabels.map((one) => [keyOf(one), one.scores[metric]!]));
    for (const other of others) {
      const perTable = [...groupBy(of(ofLabels, { learner: other }), ({ table }) => table).values()].map(
        (splits) =>
          mean(
            splits.map((split) => {
              const gain = better * (scores.get(keyOf({ ...split, learner }))! - split.scores[metric]!);
              return gain > 0 ? 1 : gain < 0 ? 0 : 0.5;
            }),
          ),
      );
      rows.push({
        ...rowOf(perTable, {
          ...about,
          family: `tables with ${nameOf(task)}`,
          learner,
          metric: `wins of ${metric}`,
          labels,
        }),
        reference: other,
      });
    }
  }
  return rows;
}

const nameOf = (task: Outcome['task']): string => (task === 'classes' ? 'classes' : 'numbers');

const keyOf = ({ table, repeat, learner }: Outcome): string => `${table}\u0000${repeat}\u0000${learner}`;

function of(outcomes: readonly Outcome[], wanted: Partial<Outcome>): Outcome[] {
  const entries = Object.entries(wanted) as [keyof Outcome, unknown][];
  return outcomes.filter((one) => entries.every(([key, value]) => one[key] === value));
}

interface RowAbout extends About {
  readonly family: string;
  readonly learner: string;
  readonly metric: string;
  readonly labels: number;
}

function rowOf(perTable: readonly number[], { labels, ...about }: RowAbout): Measurement {
  const { value, low, high } = bootstrapMeans(seriesOf(perTable), { seed: about.seed });
  return {
    ...about,
    examples: labels,
    value: value[0]!,
    low: low[0]!,
    high: high[0]!,
    episodes: perTable.length,
  };
}

function groupBy<T, K extends string | number>(all: readonly T[], key: (one: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
