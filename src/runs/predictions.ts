import type { Episodes, Learner, Predictions, TaskFamily } from '../core/episodes.js';
import { IcicleError, invalid, unsupported } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { random } from '../core/random.js';
import { parseLearner } from '../learners/index.js';
import type { Labels } from '../measure/index.js';

export interface PredictContext {
  /** Learners without a text of their own, such as models; `learners` of the spec names them. */
  readonly learners?: readonly Learner[];
  readonly onProgress?: (progress: PredictProgress) => void;
  /** Stops between two batches, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface PredictProgress {
  readonly stage: 'predict' | 'measure';
  /** Steps of the stage that are done, and all of them. */
  readonly done: number;
  readonly total: number;
}

/** Episodes that are drawn and predicted at once. A constant, since it decides which stream draws which episode. */
const BATCH = 256;

/**
 * Draws episodes and gives the same ones to every learner, a batch at a time; inputs are held for one batch only. A
 * learner gives a variance, or classes, for every batch or for none.
 * @returns predictions in the order of learners, and the points that are queries as the family means them, where not all are
 * @throws IcicleError where a learner predicts a number that is not finite
 */
export async function predictAll(
  family: TaskFamily,
  learners: readonly Learner[],
  spec: { readonly episodes: number; readonly points: number; readonly seed: number },
  context: PredictContext = {},
): Promise<{ labels: Labels; predictions: Predictions[]; asked: readonly number[] | undefined }> {
  const { episodes, points, seed } = spec;
  const zeros = () => new Float64Array(episodes * points);
  const predictions: Predictions[] = learners.map(() => ({ values: zeros(), episodes, points }));
  const y = zeros();
  let truth: Float64Array | undefined;
  let asked: readonly number[] | undefined;
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
    asked = batch.asked;
    y.set(batch.y, first * points);
    // Labels without noise are worth a measurement of their own only where there is noise.
    if (batch.truth?.some((value, at) => value !== batch.y[at])) truth ??= y.slice();
    if (truth !== undefined && batch.truth !== undefined) truth.set(batch.truth, first * points);
    for (const [i, learner] of learners.entries()) {
      await turn(context, { stage: 'predict', done: b * learners.length + i, total });
      const { values, variance, classes } = await learner.predict(batch);
      check(learner.name, values, batch, first);
      const all = predictions[i]!;
      all.values.set(values, first * points);
      if (variance !== undefined) {
        check(learner.name, variance, batch, first, 'the variance');
        const variances = all.variance ?? zeros();
        variances.set(variance, first * points);
        predictions[i] = { ...all, variance: variances };
      } else if (classes === true) predictions[i] = { ...all, classes };
    }
  }
  context.onProgress?.({ stage: 'predict', done: total, total });
  return { labels: { y, episodes, points, ...(truth === undefined ? {} : { truth }) }, predictions, asked };
}

/**
 * The numbers of examples that means are taken over: 1…2d, or as many as there are. Of a family that asks some points only,
 * the last ones in a row that it asks, such as n…n of one that asks its last point.
 * @throws IcicleError where it asks no point after an example
 */
export function examplesMeasured(
  { name, inputs }: Pick<TaskFamily, 'name' | 'inputs'>,
  points: number,
  asked: readonly number[] | undefined,
): readonly [from: number, to: number] {
  const least = Math.min(1, points - 1);
  if (asked === undefined) return [least, Math.min(2 * inputs, points - 1)];
  const to = Math.max(...asked);
  if (!(to >= least))
    throw unsupported(
      'points',
      points,
      `of so many family "${name}" asks none that follows an example; ask for more`,
    );
  let from = to;
  while (from > least && asked.includes(from - 1)) from--;
  return [from, to];
}

/** Rows for the points that a family asks; rows of means over a range, which hold no others, stay. */
export function onlyAsked(rows: readonly Measurement[], asked: readonly number[] | undefined): Measurement[] {
  return rows.filter(({ examples, metric }) => metric.includes('@') || (asked?.includes(examples) ?? true));
}

/**
 * The learners that names stand for: those handed over, else what `parseLearner` reads.
 * @throws IcicleError where a name is unknown or named twice, or a learner cannot take so many inputs or points
 */
export function resolveLearners(
  names: readonly string[],
  handed: readonly Learner[],
  family: TaskFamily,
  points: number,
): Learner[] {
  const learners = names.map(
    (name) => handed.find((learner) => learner.name === name) ?? parseLearner(name, family),
  );
  const own = learners.map(({ name }) => name);
  const twice = own.find((name, i) => own.indexOf(name) !== i);
  if (twice !== undefined) throw invalid('learners', twice, 'it is named twice; name each learner once');
  for (const { name, limits } of learners) {
    if (limits?.inputs !== undefined && family.inputs > limits.inputs)
      throw unsupported(
        'inputs',
        family.inputs,
        `learner "${name}" takes at most ${limits.inputs}; ask for fewer or another learner`,
      );
    if (limits?.points !== undefined && points > limits.points)
      throw unsupported(
        'points',
        points,
        `learner "${name}" takes at most ${limits.points}; ask for fewer or another learner`,
      );
  }
  return learners;
}

function check(name: string, values: Float64Array, batch: Episodes, first: number, what = ''): void {
  if (values.length !== batch.y.length)
    throw new Error(`learner "${name}" gave ${values.length} predictions for ${batch.y.length} points`);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const episode = first + Math.floor(at / batch.points);
  throw new IcicleError(
    `learner "${name}" predicted ${what === '' ? '' : `${what} `}${values[at]} in episode ${episode} with ${at % batch.points} examples: leave it out, or give it a smaller rate`,
  );
}

/** Reports progress and lets whatever waits on the same thread run, so that a bar moves and a stop is heard. */
export async function turn(context: PredictContext, progress: PredictProgress): Promise<void> {
  context.onProgress?.(progress);
  await new Promise((resume) => setTimeout(resume, 0));
  context.signal?.throwIfAborted();
}
