import type { Predictions } from '../core/episodes.js';
import type { Measurement } from '../core/measurement.js';
import { calibrationError } from './calibration-error.js';
import { type About, type MetricOptions, meanRows } from './metrics.js';
import { type Labels, squaredErrors, type Values } from './values.js';

/** Whether a learner says how its labels are distributed, so that `calibration` has rows of it. */
export const givesDistribution = ({ variance, classes }: Predictions): boolean =>
  variance !== undefined || classes === true;

/**
 * How well a learner knows what it does not know, by number of examples, where its predictions say how labels are
 * distributed; no row of one that does not.
 *
 * A variance is taken as that of a normal distribution. `coverage-0.5`, `coverage-0.8`, `coverage-0.9`: how often the label
 * lies in the central interval of that probability. `width-0.9`: how wide the last one is. `standardised-squared-error`: the
 * squared error ÷ the variance, 1 where variances are right, more where the learner is too sure. `nll`: −log of the
 * label's density, natural logarithm. No row where a label is held for certain, and so has no density.
 *
 * Of classes: `log-loss`, −log P(label), natural logarithm; `brier`, (P(1) − [label is 1])²; `ece` and `ece-by-chance` as
 * `calibrationError` gives them.
 * @throws Error where the labels of classes are others than −1 and 1
 */
export function calibration(
  labels: Labels,
  predictions: Predictions,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  if (predictions.classes === true) return ofClasses(labels, predictions, about, options);
  if (predictions.variance === undefined) return [];
  return ofVariance(labels, predictions, predictions.variance, about, options);
}

/** The interval of probability p around a normal mean reaches z standard deviations to both sides: erf(z/√2) = p. */
const INTERVALS = [
  { level: 0.5, z: 0.674489750196082 },
  { level: 0.8, z: 1.281551565544601 },
  { level: 0.9, z: 1.644853626951473 },
] as const;

function ofVariance(
  labels: Labels,
  predictions: Predictions,
  variance: Float64Array,
  about: About,
  options: MetricOptions,
): Measurement[] {
  const errors = squaredErrors(labels, predictions);
  const each = (of: (error: number, variance: number) => number): Values => ({
    ...errors,
    values: errors.values.map((error, at) => of(error, variance[at]!)),
  });
  const rows = (metric: string, of: (error: number, variance: number) => number) =>
    meanRows(each(of), metric, about, options);
  const [, , widest] = INTERVALS;
  const certain = certainExamples(predictions, variance);
  return [
    ...INTERVALS.flatMap(({ level, z }) => rows(`coverage-${level}`, (e, v) => (e <= z * z * v ? 1 : 0))),
    ...rows(`width-${widest.level}`, (_, v) => 2 * widest.z * Math.sqrt(v)),
    ...rows('standardised-squared-error', (e, v) => e / v),
    ...rows('nll', (e, v) => 0.5 * (Math.log(2 * Math.PI * v) + e / v)),
  ].filter(({ examples }) => !certain.has(examples));
}

/** A standard deviation that is a smaller share of the prediction than this is rounding. */
const CERTAIN = 1e-8;

/** The numbers of examples with which some label is held for certain. */
function certainExamples({ values, points }: Predictions, variance: Float64Array): Set<number> {
  const found = new Set<number>();
  variance.forEach((value, at) => {
    if (value <= (CERTAIN * values[at]!) ** 2) found.add(at % points);
  });
  return found;
}

/** P is taken as at least this, float64's precision, so that a rounded 0 is no infinite loss. */
const LEAST = 2 ** -52;

function ofClasses(
  labels: Labels,
  predictions: Predictions,
  about: About,
  options: MetricOptions,
): Measurement[] {
  const other = labels.y.find((label) => label !== 1 && label !== -1);
  if (other !== undefined) throw new Error(`the labels of classes are −1 and 1, not ${other}`);
  const errors = squaredErrors(labels, predictions);
  const losses = predictions.values.map(
    (value, at) => -Math.log(Math.max(LEAST, (1 + labels.y[at]! * value) / 2)),
  );
  return [
    ...meanRows({ ...errors, values: losses }, 'log-loss', about, options),
    ...meanRows({ ...errors, values: errors.values.map((error) => error / 4) }, 'brier', about, options),
    ...calibrationError(labels, predictions, about, options),
  ];
}
