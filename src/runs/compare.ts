import { z } from 'zod';
import type { Learner } from '../core/episodes.js';
import { unknown } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { parseSpec, specHash } from '../core/spec.js';
import { parseLearner } from '../learners/index.js';
import {
  calibration,
  excessErrors,
  givesDistribution,
  meanRows,
  medianRows,
  rangeRow,
  squaredDifferences,
  squaredErrors,
  type Values,
} from '../measure/index.js';
import { parseFamily, type SpecifiedFamily } from '../tasks/index.js';
import { onlyAsked, type PredictContext, predictAll, resolveLearners, turn } from './predictions.js';

/** What a comparison is asked for, with its defaults. */
export const compareSchema = z.strictObject({
  /** The family's name, or its whole spec. */
  family: z.union([z.string(), z.looseObject({ family: z.string() })], {
    error: 'must be a name or {"family": name, …}',
  }),
  /** Learners as `parseLearner` reads them, or names of learners that are handed over. */
  learners: z.array(z.string()).min(1, 'name at least one learner'),
  /** Measure distances to this learner only. By default those of every pair, earlier learner first. */
  reference: z.string().optional(),
  /** Hashes of the weights of learners that are handed over, by name: they make part of the spec's hash. */
  models: z.record(z.string(), z.string()).optional(),
  episodes: z.int().min(1).max(1_000_000).default(1024),
  /** K, points of an episode: contexts of 0 to K−1 examples. */
  points: z.int().min(1).max(4096).default(41),
  seed: z.int().min(0).default(1),
  /** Share of the resamples in an interval. */
  level: z.number().gt(0).lt(1).default(0.9),
  /** Number of resamples. */
  trials: z.int().min(10).max(100_000).default(1000),
});

/** The complete spec of a comparison: with it the same rows come again. */
export type CompareSpec = z.output<typeof compareSchema>;
/** What may be written: most has a default. */
export type CompareOptions = z.input<typeof compareSchema>;

export interface Comparison {
  readonly rows: Measurement[];
  /** The complete spec, defaults filled in, and its hash, which every row carries. */
  readonly spec: CompareSpec;
  readonly hash: string;
}

/**
 * Gives the same episodes to every learner and measures, by number of examples: each learner's `squared-error` and
 * `median-squared-error`, under noise also `excess-squared-error`; `spd` and `median-spd` of each pair. The means over
 * 1…2d examples come as `squared-error@1-2d` and `spd/d@1-2d`. Of a family that asks some points only (`Episodes.asked`),
 * those are measured. Of learners that say how the label is distributed, how well they know it (`calibration`). The seed
 * and the spec give the same rows always. Inputs are held for one batch at a time; memory is 8 bytes × episodes × points ×
 * (learners + 2), and once more for each learner with a variance.
 * @throws IcicleError where the spec is wrong, a learner cannot take the episodes, or predicts a number that is not finite.
 */
export async function compare(options: CompareOptions, context: PredictContext = {}): Promise<Comparison> {
  const { learners, family, spec } = prepare(options, context.learners ?? []);
  const hash = specHash(spec);
  const { labels, predictions, asked } = await predictAll(family, learners, spec, context);

  type Series = { learner: string; reference?: string; metric: string; values: () => Values };
  const series: Series[] = [];
  learners.forEach(({ name: learner }, i) => {
    series.push({ learner, metric: 'squared-error', values: () => squaredErrors(labels, predictions[i]!) });
    if (labels.truth !== undefined)
      series.push({
        learner,
        metric: 'excess-squared-error',
        values: () => excessErrors(labels, predictions[i]!),
      });
  });
  learners.forEach(({ name: learner }, i) => {
    learners.forEach(({ name: reference }, j) => {
      const wanted = spec.reference === undefined ? i < j : i !== j && reference === spec.reference;
      const values = () => squaredDifferences(predictions[i]!, predictions[j]!);
      if (wanted) series.push({ learner, reference, metric: 'spd', values });
    });
  });

  const sure = learners.flatMap(({ name }, i) => {
    const own = predictions[i]!;
    return givesDistribution(own) ? { learner: name, own } : [];
  });
  const rows: Measurement[] = [];
  const total = series.length + sure.length;
  const last = Math.min(2 * family.inputs, spec.points - 1);
  for (const [done, { learner, reference, metric, values: compute }] of series.entries()) {
    await turn(context, { stage: 'measure', done, total });
    const values = compute();
    const about = {
      family: family.name,
      learner,
      ...(reference === undefined ? {} : { reference }),
      seed: spec.seed,
      spec: hash,
    };
    rows.push(...meanRows(values, metric, about, spec));
    if (metric !== 'excess-squared-error') rows.push(...medianRows(values, `median-${metric}`, about, spec));
    if (asked !== undefined || last < 1 || metric === 'excess-squared-error') continue;
    if (metric === 'spd')
      rows.push(rangeRow(perInput(values, family.inputs), 'spd/d', [1, last], about, spec));
    else rows.push(rangeRow(values, metric, [1, last], about, spec));
  }
  for (const [i, { learner, own }] of sure.entries()) {
    await turn(context, { stage: 'measure', done: series.length + i, total });
    rows.push(
      ...calibration(labels, own, { family: family.name, learner, seed: spec.seed, spec: hash }, spec),
    );
  }
  context.onProgress?.({ stage: 'measure', done: total, total });
  return { rows: onlyAsked(rows, asked), spec, hash };
}

/** Resolves names to learners and fills in the spec. */
function prepare(options: unknown, handed: readonly Learner[]) {
  const parsed = parseSpec('comparison', compareSchema, options);
  const family = parseFamily(parsed.family);
  const learners = resolveLearners(parsed.learners, handed, family, parsed.points);
  const names = learners.map(({ name }) => name);
  const reference = parsed.reference === undefined ? undefined : resolve(parsed.reference, names, family);
  const spec: CompareSpec = {
    ...parsed,
    family: family.spec,
    learners: names,
    ...(reference === undefined ? {} : { reference }),
  };
  return { family, learners, spec };
}

function resolve(reference: string, names: readonly string[], family: SpecifiedFamily): string {
  if (names.includes(reference)) return reference;
  // Written in another way than the learner's own name, such as `knn` for `knn:3`.
  const name = parseLearner(reference, family).name;
  if (!names.includes(name)) throw unknown('reference', reference, names, 'learners');
  return name;
}

function perInput(values: Values, inputs: number): Values {
  return { ...values, values: values.values.map((value) => value / inputs) };
}
