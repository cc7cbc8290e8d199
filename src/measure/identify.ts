import type { Predictions } from '../core/episodes.js';
import type { Measurement } from '../core/measurement.js';
import { type About, type MetricOptions, meanRows, medianRows } from './metrics.js';
import { differences, overExamples, squaredDifferences, type Values } from './values.js';

/** What a learner may turn out to be: a name, and its predictions on the same episodes. */
export interface Candidate {
  readonly name: string;
  readonly predictions: Predictions;
}

/** Which candidates a learner can be told from, for one number of examples or over a range of them. */
export interface Verdict {
  /** Number of examples; the last one of a range. */
  readonly examples: number;
  /** Whether this is the mean over a range of examples. */
  readonly overall: boolean;
  readonly nearest: string;
  /** The squared prediction difference to the nearest ÷ d, with its interval. */
  readonly distance: Pick<Measurement, 'value' | 'low' | 'high'>;
  /** How much farther the second nearest is, with its paired interval. */
  readonly margin: Pick<Measurement, 'value' | 'low' | 'high'>;
  /** The candidates that the nearest cannot be told from: the interval of their margin includes 0 (or what rounding makes of it). */
  readonly indistinguishable: readonly string[];
}

/**
 * Whose predictions a learner's resemble (Akyürek et al., arXiv 2211.15661, §4.3): rows `spd/d` of its squared prediction
 * difference to each candidate ÷ d, rows `median-spd/d` (least squares on about as many noisy examples as inputs has no
 * finite mean), and rows `margin/d` of how much farther each is than the nearest one, paired by
 * episode, for each number of examples and as the mean over `range` (metric `…@from-to`).
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
  const distances = candidates.map(({ name, predictions }) => {
    const { values, ...shape } = squaredDifferences(learner, predictions);
    return { name, values: { ...shape, values: values.map((value) => value / inputs) } };
  });
  const [from, to] = range;
  const means = distances.map(({ name, values }) => ({ name, values: overExamples(values, from, to) }));
  const overall = compareDistances(means, about, options).map((row) => ({
    ...row,
    metric: `${row.metric}@${from}-${to}`,
    examples: to,
  }));
  return [...compareDistances(distances, about, options), ...overall];
}

/** Rows of each distance and of its difference to the least one, by number of examples. */
function compareDistances(
  distances: readonly { readonly name: string; readonly values: Values }[],
  about: Omit<About, 'reference'>,
  options: MetricOptions,
): Measurement[] {
  const named = (reference: string) => ({ ...about, reference });
  const rows = distances.map(({ name, values }) => meanRows(values, 'spd/d', named(name), options));
  const least = leastOf(
    distances.map(({ values }) => values),
    rows,
  );
  const margins = distances.map(({ name, values }) =>
    meanRows(differences(values, least), 'margin/d', named(name), options),
  );
  const middle = distances.map(({ name, values }) =>
    medianRows(values, 'median-spd/d', named(name), options),
  );
  return [...rows.flat(), ...margins.flat(), ...middle.flat()];
}

/** The distances to whichever candidate is nearest with so many examples, [E,K]. */
function leastOf(distances: readonly Values[], rows: readonly Measurement[][]): Values {
  const { episodes, points } = distances[0]!;
  const values = new Float64Array(episodes * points);
  for (let k = 0; k < points; k++) {
    let nearest = 0;
    for (let c = 1; c < rows.length; c++) if (rows[c]![k]!.value < rows[nearest]![k]!.value) nearest = c;
    for (let e = 0; e < episodes; e++) values[e * points + k] = distances[nearest]!.values[e * points + k]!;
  }
  return { values, episodes, points };
}

/** Margins below this share of the distance may come from the rounding of float32 alone. */
const ROUNDING = 1e-6;

/** What the rows of `identify` say, in order of examples, the mean over the range last. */
export function verdicts(rows: readonly Measurement[]): Verdict[] {
  const groups = new Map<string, { distances: Measurement[]; margins: Measurement[] }>();
  for (const row of rows) {
    const [, kind, range] = /^(spd|margin)\/d(@.*)?$/.exec(row.metric) ?? [];
    if (kind === undefined) continue;
    const key = range ?? String(row.examples);
    const group = groups.get(key) ?? { distances: [], margins: [] };
    groups.set(key, group);
    (kind === 'spd' ? group.distances : group.margins).push(row);
  }
  return [...groups].map(([key, { distances, margins }]) => {
    const [nearest] = [...distances].sort((a, b) => a.value - b.value);
    const others = margins
      .filter(({ reference }) => reference !== nearest!.reference)
      .sort((a, b) => a.value - b.value);
    const none = {
      value: Number.POSITIVE_INFINITY,
      low: Number.POSITIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    };
    return {
      examples: nearest!.examples,
      overall: key.startsWith('@'),
      nearest: nearest!.reference!,
      distance: interval(nearest!),
      margin: others[0] === undefined ? none : interval(others[0]),
      indistinguishable: others
        .filter(({ low }) => low <= ROUNDING * nearest!.value)
        .map(({ reference }) => reference!),
    };
  });
}

const interval = ({ value, low, high }: Measurement) => ({ value, low, high });
