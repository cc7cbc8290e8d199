import type { Episodes, Predictions } from '../core/episodes.js';

/** One number for every prefix of every episode: `values[e*K + k]` with k examples. Predictions have this form too. */
export interface Values {
  /** [E,K] */
  readonly values: Float64Array;
  readonly episodes: number;
  readonly points: number;
}

/** The part of episodes that errors are measured against. */
export type Labels = Pick<Episodes, 'y' | 'truth' | 'episodes' | 'points'>;

/** (prediction − label)² of each query, [E,K], against the labels as the learner sees them. */
export function squaredErrors(labels: Labels, predictions: Predictions): Values {
  return squares(predictions, { ...labels, values: labels.y }, 'labels');
}

/**
 * (prediction − label without noise)² of each query, [E,K]; its mean is the squared error less σ².
 * @throws Error where the labels without noise are not known.
 */
export function excessErrors(labels: Labels, predictions: Predictions): Values {
  if (labels.truth === undefined) throw new Error('the labels without noise are not known');
  return squares(predictions, { ...labels, values: labels.truth }, 'labels');
}

/**
 * Squared difference of two predictions for each query, [E,K]. Its mean over episodes is SPD (Akyürek et al., arXiv
 * 2211.15661, §4.2).
 */
export function squaredDifferences(a: Predictions, b: Predictions): Values {
  return squares(a, b, 'predictions');
}

/** a − b, [E,K], for paired differences of errors. */
export function differences(a: Values, b: Values): Values {
  check(a, b, 'values');
  return { ...shape(a), values: a.values.map((value, at) => value - b.values[at]!) };
}

/** Each episode's mean over prefixes of `from` to `to` examples, both included, [E,1]. */
export function overExamples(values: Values, from: number, to: number): Values {
  const { episodes, points } = values;
  if (!(Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from <= to && to < points))
    throw new Error(`no examples ${from}…${to}: there are 0…${points - 1}`);
  const means = new Float64Array(episodes);
  for (let e = 0; e < episodes; e++) {
    let sum = 0;
    for (let k = from; k <= to; k++) sum += values.values[e * points + k]!;
    means[e] = sum / (to - from + 1);
  }
  return { values: means, episodes, points: 1 };
}

function squares(a: Values, b: Values, what: string): Values {
  check(a, b, what);
  const values = new Float64Array(a.values.length);
  for (let at = 0; at < values.length; at++) {
    const difference = a.values[at]! - b.values[at]!;
    values[at] = difference * difference;
  }
  return { ...shape(a), values };
}

function check(a: Values, b: Values, what: string): void {
  if (a.episodes !== b.episodes || a.points !== b.points)
    throw new Error(`${a.episodes}×${a.points} predictions for ${b.episodes}×${b.points} ${what}`);
}

function shape({ episodes, points }: Values) {
  return { episodes, points };
}
