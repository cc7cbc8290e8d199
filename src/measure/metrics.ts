import type { Predictions } from '../core/episodes.js';
import type { Measurement } from '../core/measurement.js';
import { bootstrapMeans, type Estimates, medians } from './intervals.js';
import {
  differences,
  excessErrors,
  type Labels,
  overExamples,
  squaredDifferences,
  squaredErrors,
  type Values,
} from './values.js';

/** What the rows of one series have in common. `seed` also seeds the resampling. */
export type About = Pick<Measurement, 'family' | 'learner' | 'reference' | 'seed' | 'spec'>;

export interface MetricOptions {
  /** Share of the resamples in the interval. Default 0.9. */
  readonly level?: number;
  /** Number of resamples. Default 1000. */
  readonly trials?: number;
}

export interface SpdOptions extends MetricOptions {
  /** Divide by the number of inputs: metric `spd/d`. */
  readonly inputs?: number;
}

/** Mean squared error on the labels as seen, by number of examples: metric `squared-error`, K rows. */
export function squaredError(
  labels: Labels,
  predictions: Predictions,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  return meanRows(squaredErrors(labels, predictions), 'squared-error', about, options);
}

/** Median over episodes of the squared error, by number of examples: metric `median-squared-error`. */
export function medianSquaredError(
  labels: Labels,
  predictions: Predictions,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  return medianRows(squaredErrors(labels, predictions), 'median-squared-error', about, options);
}

/** Mean squared error on the labels without noise, by number of examples: metric `excess-squared-error`. */
export function excessError(
  labels: Labels,
  predictions: Predictions,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  return meanRows(excessErrors(labels, predictions), 'excess-squared-error', about, options);
}

/**
 * Squared prediction difference of two learners on the query of each prefix, by number of examples: metric `spd`, or
 * `spd/d` (Akyürek et al., arXiv 2211.15661, §4.2).
 */
export function spd(a: Predictions, b: Predictions, about: About, options: SpdOptions = {}): Measurement[] {
  const { values, metric } = spdValues(a, b, options);
  return meanRows(values, metric, about, options);
}

/** Median over episodes of the squared prediction difference: metric `median-spd` or `median-spd/d`. */
export function medianSpd(
  a: Predictions,
  b: Predictions,
  about: About,
  options: SpdOptions = {},
): Measurement[] {
  const { values, metric } = spdValues(a, b, options);
  return medianRows(values, `median-${metric}`, about, options);
}

/** SPD averaged over `from` to `to` examples: one row, metric such as `spd/d@1-16`, in `examples` the last one. */
export function meanSpd(
  a: Predictions,
  b: Predictions,
  range: readonly [from: number, to: number],
  about: About,
  options: SpdOptions = {},
): Measurement {
  const { values, metric } = spdValues(a, b, options);
  return rangeRow(values, metric, range, about, options);
}

/** How much higher the squared error of `a` is than that of `b`, paired by episode: metric `squared-error-difference`. */
export function squaredErrorDifference(
  labels: Labels,
  a: Predictions,
  b: Predictions,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  const values = differences(squaredErrors(labels, a), squaredErrors(labels, b));
  return meanRows(values, 'squared-error-difference', about, options);
}

/** Rows of means over episodes with bootstrap intervals, one for each number of examples 0…K−1. */
export function meanRows(
  values: Values,
  metric: string,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  return estimateRows(bootstrapMeans(values, { ...options, seed: about.seed }), values, metric, about);
}

/** Rows of medians over episodes, one for each number of examples 0…K−1. */
export function medianRows(
  values: Values,
  metric: string,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  return estimateRows(medians(values, options), values, metric, about);
}

/** One row for the mean over episodes and over prefixes of `from` to `to` examples; metric `…@from-to`. */
export function rangeRow(
  values: Values,
  metric: string,
  [from, to]: readonly [from: number, to: number],
  about: About,
  options: MetricOptions = {},
): Measurement {
  const [row] = meanRows(overExamples(values, from, to), `${metric}@${from}-${to}`, about, options);
  return { ...row!, examples: to };
}

function spdValues(a: Predictions, b: Predictions, { inputs }: SpdOptions) {
  const values = squaredDifferences(a, b);
  if (inputs === undefined) return { values, metric: 'spd' };
  return { values: { ...values, values: values.values.map((value) => value / inputs) }, metric: 'spd/d' };
}

/** Rows of estimates, one for each number of examples 0…K−1. */
export function estimateRows(
  estimates: Estimates,
  { episodes }: Pick<Values, 'episodes'>,
  metric: string,
  about: About,
): Measurement[] {
  const { family, learner, reference, seed, spec } = about;
  return Array.from(estimates.value, (value, examples) => ({
    family,
    learner,
    ...(reference === undefined ? {} : { reference }),
    examples,
    metric,
    value,
    low: estimates.low[examples]!,
    high: estimates.high[examples]!,
    episodes,
    seed,
    spec,
  }));
}
