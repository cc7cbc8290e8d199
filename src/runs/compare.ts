import { z } from 'zod';
import type { Episodes, Learner, Predictions } from '../core/episodes.js';
import { IcicleError, invalid, unknown, unsupported } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { random } from '../core/random.js';
import { parseSpec, specHash } from '../core/spec.js';
import { parseLearner } from '../learners/index.js';
import {
  excessErrors,
  type Labels,
  meanRows,
  medianRows,
  rangeRow,
  squaredDifferences,
  squaredErrors,
  type Values,
} from '../measure/index.js';
import { parseFamily, type SpecifiedFamily } from '../tasks/index.js';

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

export interface CompareContext {
  /** Learners without a text of their own, such as models; `learners` of the spec names them. */
  readonly learners?: readonly Learner[];
  readonly onProgress?: (progress: CompareProgress) => void;
  /** Stops between two batches, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface CompareProgress {
  readonly stage: 'predict' | 'measure';
  /** Steps of the stage that are done, and all of them. */
  readonly done: number;
  readonly total: number;
}

export interface Comparison {
  readonly rows: Measurement[];
  /** The complete spec, defaults filled in, and its hash, which every row carries. */
  readonly spec: CompareSpec;
  readonly hash: string;
}

/** Episodes that are drawn and predicted at once. A constant, since it decides which stream draws which episode. */
const BATCH = 256;

/**
 * Gives the same episodes to every learner and measures, by number of examples: each learner's `squared-error` and
 * `median-squared-error`, under noise also `excess-squared-error`; `spd` and `median-spd` of each pair. The means over
 * 1…2d examples come as `squared-error@1-2d` and `spd/d@1-2d`. The seed and the spec give the same rows always. Inputs
 * are held for one batch at a time; memory is 8 bytes × episodes × points × (learners + 2).
 * @throws IcicleError where the spec is wrong, a learner cannot take the episodes, or predicts a number that is not finite.
 */
export async function compare(options: CompareOptions, context: CompareContext = {}): Promise<Comparison> {
  const { learners, family, spec } = prepare(options, context.learners ?? []);
  const hash = specHash(spec);
  const { labels, predictions } = await predictAll(family, learners, spec, context);

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

  const rows: Measurement[] = [];
  const last = Math.min(2 * family.inputs, spec.points - 1);
  for (const [done, { learner, reference, metric, values: compute }] of series.entries()) {
    await turn(context, { stage: 'measure', done, total: series.length });
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
    if (last < 1 || metric === 'excess-squared-error') continue;
    if (metric === 'spd')
      rows.push(rangeRow(perInput(values, family.inputs), 'spd/d', [1, last], about, spec));
    else rows.push(rangeRow(values, metric, [1, last], about, spec));
  }
  context.onProgress?.({ stage: 'measure', done: series.length, total: series.length });
  return { rows, spec, hash };
}

/** Resolves names to learners and fills in the spec. */
function prepare(options: unknown, handed: readonly Learner[]) {
  const parsed = parseSpec('comparison', compareSchema, options);
  const family = parseFamily(parsed.family);
  const learners = parsed.learners.map(
    (name) => handed.find((learner) => learner.name === name) ?? parseLearner(name, family),
  );
  const names = learners.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid('learners', twice, 'it is named twice; name each learner once');
  const reference = parsed.reference === undefined ? undefined : resolve(parsed.reference, names, family);
  for (const { name, limits } of learners) {
    if (limits?.inputs !== undefined && family.inputs > limits.inputs)
      throw unsupported(
        'inputs',
        family.inputs,
        `learner "${name}" takes at most ${limits.inputs}; ask for fewer or another learner`,
      );
    if (limits?.points !== undefined && parsed.points > limits.points)
      throw unsupported(
        'points',
        parsed.points,
        `learner "${name}" takes at most ${limits.points}; ask for fewer or another learner`,
      );
  }
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

async function predictAll(
  family: SpecifiedFamily,
  learners: readonly Learner[],
  spec: CompareSpec,
  context: CompareContext,
): Promise<{ labels: Labels; predictions: Predictions[] }> {
  const { episodes, points, seed } = spec;
  const zeros = () => new Float64Array(episodes * points);
  const predictions = learners.map(() => ({ values: zeros(), episodes, points }));
  const y = zeros();
  let truth: Float64Array | undefined;
  const batches = Math.ceil(episodes / BATCH);
  const total = batches * learners.length;
  for (let b = 0; b < batches; b++) {
    const first = b * BATCH;
    const batch = family.sample({
      episodes: Math.min(BATCH, episodes - first),
      points,
      seed,
      stream: random(seed, 'episodes', b),
    });
    y.set(batch.y, first * points);
    // Labels without noise are worth a measurement of their own only where there is noise.
    if (batch.truth?.some((value, at) => value !== batch.y[at])) truth ??= y.slice();
    if (truth !== undefined && batch.truth !== undefined) truth.set(batch.truth, first * points);
    for (const [i, learner] of learners.entries()) {
      await turn(context, { stage: 'predict', done: b * learners.length + i, total });
      const { values } = await learner.predict(batch);
      check(learner.name, values, batch, first);
      predictions[i]!.values.set(values, first * points);
    }
  }
  context.onProgress?.({ stage: 'predict', done: total, total });
  return { labels: { y, episodes, points, ...(truth === undefined ? {} : { truth }) }, predictions };
}

function check(name: string, values: Float64Array, batch: Episodes, first: number): void {
  if (values.length !== batch.y.length)
    throw new Error(`learner "${name}" gave ${values.length} predictions for ${batch.y.length} points`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const episode = first + Math.floor(at / batch.points);
  throw new IcicleError(
    `learner "${name}" predicted ${values[at]} in episode ${episode} with ${at % batch.points} examples: leave it out, or give it a smaller rate`,
  );
}

function perInput(values: Values, inputs: number): Values {
  return { ...values, values: values.values.map((value) => value / inputs) };
}

/** Reports progress and lets whatever waits on the same thread run, so that a bar moves and a stop is heard. */
async function turn(context: CompareContext, progress: CompareProgress): Promise<void> {
  context.onProgress?.(progress);
  await new Promise((resume) => setTimeout(resume, 0));
  context.signal?.throwIfAborted();
}
