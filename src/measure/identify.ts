import type { Predictions } from '../core/episodes.js';
import type { Measurement } from '../core/measurement.js';
import { bootstrap } from './intervals.js';
import { type About, estimateRows, type MetricOptions, medianRows } from './metrics.js';
import { type Means, mixtureRows } from './mixture.js';
import { differences, overExamples, squaredDifferences, type Values } from './values.js';

/** What a learner may turn out to be: a name, and its predictions on the same episodes. */
export interface Candidate {
  readonly name: string;
  readonly predictions: Predictions;
}

/**
 * Whose predictions a learner's resemble (Akyürek et al., arXiv 2211.15661, §4.3): rows `spd/d` of its squared prediction
 * difference to each candidate ÷ d, rows `median-spd/d` (least squares on about as many noisy examples as inputs has no
 * finite mean), rows `margin/d` of how much farther each is than the nearest one, paired by episode, rows `nearest-share` of
 * the episodes in which no other is nearer, and rows `mixture-weight` and `mixture-spd/d` of the mixture of the nearest and
 * another one that matches best, for each number of examples and as the mean over `range` (metric `…@from-to`).
 * @param inputs d
 * @returns rows with the learner in `learner` and the candidate in `reference`
 * @throws Error where predictions are of another shape than the learner's
 */
export function identify(
  learner: Predictions,
  candidates: readonly Candidate[],
  inputs: number,
  range: readonly [from: number, to: number],
  about: Omit<About, 'reference'>,
  options: MetricOptions = {},
): Measurement[] {
  return [
    ...resemblance(learner, candidates, inputs, (values) => values, about, options),
    ...identifyOver(learner, candidates, inputs, range, about, options),
  ];
}

/** The rows of `identify` for the mean over a range of examples alone. */
export function identifyOver(
  learner: Predictions,
  candidates: readonly Candidate[],
  inputs: number,
  [from, to]: readonly [from: number, to: number],
  about: Omit<About, 'reference'>,
  options: MetricOptions = {},
): Measurement[] {
  const mean = (values: Values) => overExamples(values, from, to);
  return resemblance(learner, candidates, inputs, mean, about, options).map((row) => ({
    ...row,
    metric: `${row.metric}@${from}-${to}`,
    examples: to,
  }));
}

/** @param summary what becomes of differences [E,K]: themselves, or means over a range [E,1] */
function resemblance(
  learner: Predictions,
  candidates: readonly Candidate[],
  inputs: number,
  summary: (values: Values) => Values,
  about: Omit<About, 'reference'>,
  options: MetricOptions,
): Measurement[] {
  const between = (a: Predictions, b: Predictions): Values => {
    const { values, ...shape } = summary(squaredDifferences(a, b));
    return { ...shape, values: values.map((value) => value / inputs) };
  };
  const estimate = bootstrap(learner.episodes, { ...options, seed: about.seed });
  const means: Means = (values, metric, reference) =>
    estimateRows(estimate(values), values, metric, { ...about, reference });
  const names = candidates.map(({ name }) => name);

  const distances = candidates.map(({ predictions }) => between(learner, predictions));
  const rows = distances.map((values, i) => means(values, 'spd/d', names[i]!));
  const nearest = nearestOf(candidates, rows);
  const least = between(learner, nearest);
  const margins = distances.map((values) => differences(values, least));
  const others = candidates.map(({ name, predictions }, i) => ({
    name,
    distances: distances[i]!,
    apart: between(nearest, predictions),
  }));
  return [
    ...rows.flat(),
    ...margins.flatMap((values, i) => means(values, 'margin/d', names[i]!)),
    ...shares(distances).flatMap((values, i) => means(values, 'nearest-share', names[i]!)),
    ...distances.flatMap((values, i) =>
      medianRows(values, 'median-spd/d', { ...about, reference: names[i]! }, options),
    ),
    ...mixtureRows(least, others, means),
  ];
}

/** The predictions [E,K] of whichever candidate is nearest with so many examples, or over the range. */
function nearestOf(candidates: readonly Candidate[], rows: readonly Measurement[][]): Predictions {
  const { episodes, points } = candidates[0]!.predictions;
  const summaries = rows[0]!.length;
  const nearest = Array.from({ length: summaries }, (_, k) => {
    let least = 0;
    for (let c = 1; c < rows.length; c++) if (rows[c]![k]!.value < rows[least]![k]!.value) least = c;
    return candidates[least]!.predictions.values;
  });
  const values = new Float64Array(episodes * points);
  for (let at = 0; at < values.length; at++)
    values[at] = nearest[summaries === points ? at % points : 0]![at]!;
  return { values, episodes, points };
}

/** For each candidate 1 in the episodes in which no other is nearer, else 0. */
function shares(distances: readonly Values[]): Values[] {
  const least = distances[0]!.values.map((_, at) => Math.min(...distances.map(({ values }) => values[at]!)));
  return distances.map(({ values, ...shape }) => ({
    ...shape,
    values: values.map((value, at) => (value === least[at] ? 1 : 0)),
  }));
}
