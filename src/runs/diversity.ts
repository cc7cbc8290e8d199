import { z } from 'zod';
import type { Learner } from '../core/episodes.js';
import { unsupported } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { parseSpec, specHash } from '../core/spec.js';
import { parseLearner, ridge } from '../learners/index.js';
import { differences, rangeRow, squaredDifferences, type Values } from '../measure/index.js';
import { type FamilySpec, parseFamily } from '../tasks/index.js';
import { parseTrainSpec, type TrainSpec } from '../train/spec.js';
import { predictAll } from './predictions.js';

/** Models trained on pools of tasks of many sizes. */
export const diversitySchema = z.strictObject({
  /** M, numbers of tasks in the pool. */
  pool: z
    .array(
      z
        .int()
        .min(1)
        .max(2 ** 20),
    )
    .min(1, 'name at least one size'),
  /** d */
  inputs: z.int().min(1).max(64).default(8),
  /** σ of the labels. Raventós et al. use 0.5. */
  noise: z
    .number()
    .positive('recalling and learning are told apart under noise: it must be above 0')
    .default(0.5),
  /** K, points of an episode. */
  points: z.int().min(2).max(4096).default(16),
  steps: z.int().min(1).default(3000),
  /** What every run's spec has besides. */
  train: z.record(z.string(), z.unknown()).default({}),
  episodes: z.int().min(2).max(1_000_000).default(512),
  seed: z.int().min(0).default(1),
});

export type DiversitySpec = z.output<typeof diversitySchema>;
export type DiversityOptions = z.input<typeof diversitySchema>;

/** Whether a model learns tasks that it never saw, or recalls those of its pool. */
export type Recall = 'learns' | 'recalls' | 'in between';

export interface Diversity {
  /** M */
  readonly pool: number;
  /** Hash of the run's training spec. */
  readonly run: string;
  /**
   * Squared prediction difference ÷ d to dMMSE and to ridge, mean over 1…K−1 examples, on tasks of the pool and on new
   * ones: metrics `spd/d@…`, with `pool` or `new` in `family` and the reference in `reference`; and on new tasks how much
   * farther dMMSE is than ridge, paired: `margin/d@…`.
   */
  readonly rows: readonly Measurement[];
  readonly verdict: Recall;
}

/** @throws IcicleError (exit code 2) that names every wrong key */
export const parseDiversity = (options: DiversityOptions): DiversitySpec =>
  parseSpec('diversity', diversitySchema, options);

/** The training spec for each size of the pool; one thread each. */
export function diversityRuns(spec: DiversitySpec): { pool: number; train: TrainSpec }[] {
  const { inputs, noise, points, steps, seed } = spec;
  return spec.pool.map((pool) => ({
    pool,
    train: parseTrainSpec({
      name: `diversity-${inputs}`,
      family: { family: 'pooled', tasks: pool, of: { family: 'linear', inputs, noise } },
      shards: 1,
      seed,
      ...spec.train,
      model: { inputs, points, layers: 6, width: 32, heads: 2, ...(spec.train.model as object | undefined) },
      steps,
    }),
  }));
}

/**
 * Does a model that was trained on a pool of tasks recall them, or learn (Raventós et al., arXiv 2306.15063)? On new tasks
 * one that recalls predicts like dMMSE, the posterior mean over its pool, and one that learns like ridge with λ = σ²/τ², the
 * posterior mean over all tasks: whichever is nearer, if the paired 90 % interval of the difference excludes 0.
 * @param family the pooled family that it was trained on
 * @throws IcicleError where the family is not a pool of linear tasks with noise
 */
export async function recallOf(
  learner: Learner,
  family: FamilySpec,
  { points, episodes, seed, run }: { points: number; episodes: number; seed: number; run: string },
): Promise<Diversity> {
  const of = family.of as FamilySpec | undefined;
  const noise = of?.noise;
  if (family.family !== 'pooled' || of?.family !== 'linear' || typeof noise !== 'number' || noise === 0)
    throw unsupported(
      'family',
      family.family,
      'it must be pooled, of linear tasks with one level of noise above 0',
    );
  const pooled = parseFamily(family);
  const fresh = parseFamily(of);
  const lambda = noise ** 2 / ((of.scale as number | undefined) ?? 1) ** 2;
  const references = [parseLearner('dmmse', pooled), { ...ridge({ lambda }), name: 'ridge' }];
  const range = [1, points - 1] as const;
  const distances = async (name: 'pool' | 'new') => {
    const { predictions } = await predictAll(name === 'pool' ? pooled : fresh, [learner, ...references], {
      episodes,
      points,
      seed,
    });
    return references.map((_, i): Values => {
      const { values, ...shape } = squaredDifferences(predictions[0]!, predictions[i + 1]!);
      return { ...shape, values: values.map((value) => value / pooled.inputs) };
    });
  };
  const about = (name: string) => ({ family: name, learner: learner.name, seed, spec: run });
  const rows: Measurement[] = [];
  let verdict: Recall = 'in between';
  for (const name of ['pool', 'new'] as const) {
    const both = await distances(name);
    for (const [i, values] of both.entries())
      rows.push(rangeRow(values, 'spd/d', range, { ...about(name), reference: references[i]!.name }));
    if (name === 'pool') continue;
    const margin = rangeRow(differences(both[0]!, both[1]!), 'margin/d', range, {
      ...about(name),
      reference: 'dmmse',
    });
    rows.push(margin);
    if (margin.low > 0) verdict = 'learns';
    else if (margin.high < 0) verdict = 'recalls';
  }
  return { pool: family.tasks as number, run, rows, verdict };
}

/** A finished run of a diversity spec, judged. */
export const diversityOf = (train: TrainSpec, learner: Learner, spec: DiversitySpec): Promise<Diversity> =>
  recallOf(learner, train.family as FamilySpec, {
    points: spec.points,
    episodes: spec.episodes,
    seed: spec.seed,
    run: specHash(train),
  });

/** Between which sizes of the pool it turns from recalling to learning, where it does so once. */
export function turningPoint(
  found: readonly Diversity[],
): readonly [last: number, first: number] | undefined {
  const sorted = [...found].sort((a, b) => a.pool - b.pool);
  const first = sorted.findIndex(({ verdict }) => verdict === 'learns');
  if (first <= 0 || sorted.slice(first).some(({ verdict }) => verdict !== 'learns')) return undefined;
  const last = sorted.slice(0, first).findLastIndex(({ verdict }) => verdict === 'recalls');
  return last < 0 ? undefined : [sorted[last]!.pool, sorted[first]!.pool];
}
