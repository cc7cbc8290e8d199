import { z } from 'zod';
import type { Learner, Predictions } from '../core/episodes.js';
import { unsupported } from '../core/errors.js';
import { canonicalJson, parseSpec, specHash } from '../core/spec.js';
import type { Engine } from '../engine/engine.js';
import {
  meanRows,
  rangeRow,
  squaredDifferences,
  squaredErrors,
  type Walk,
  type WalkRow,
} from '../measure/index.js';
import { type Aligned, align, between } from '../model/align.js';
import { modelLearner } from '../model/learner.js';
import type { Model } from '../model/model.js';
import { parseFamily } from '../tasks/index.js';
import { merged } from './identify.js';
import { type PredictContext, predictAll, resolveLearners, turn } from './predictions.js';

/** What a walk between two models is asked for, with its defaults. */
export const morphSchema = z.strictObject({
  /** SHA-256 of the two models. */
  a: z.string(),
  b: z.string(),
  family: z.looseObject({ family: z.string() }),
  /** Textbook learners that every point of a walk is compared with. */
  learners: z.array(z.string()),
  episodes: z.int().min(2).max(1_000_000).default(512),
  /** K, points of an episode. */
  points: z.int().min(2).max(4096),
  seed: z.int().min(0).default(1),
  /** t goes from 0 to 1 in so many steps. */
  steps: z.int().min(1).max(100).default(10),
  level: z.number().gt(0).lt(1).default(0.9),
  trials: z.int().min(10).max(100_000).default(1000),
});

export type MorphSpec = z.output<typeof morphSchema>;
export type MorphOptions = Omit<z.input<typeof morphSchema>, 'a' | 'b'>;

export interface Morph {
  /** Where models differ in shape there is no walk of weights, nor this. */
  readonly aligned?: Omit<Aligned, 'parameters'>;
  /** `squared-error` and `spd` by number of examples; means over 1…2d of them as `squared-error@…` and `spd/d@…`. */
  readonly rows: readonly WalkRow[];
  /** What distances are to: `a`, `b`, and textbook learners, those that predict the same as one. */
  readonly references: readonly string[];
  readonly spec: MorphSpec;
  readonly hash: string;
}

/** A model, and the engine that it runs on. */
export interface Ends {
  readonly a: Model;
  readonly b: Model;
  readonly engine: Engine;
}

/**
 * Walks from one model to another, t from 0 to 1, in two ways: the weights (1 − t)θ_a + tθ_b, after `align`, where the
 * models have the same config; and the predictions (1 − t)ŷ_a + tŷ_b, which any two have. Mixed predictions are never worse
 * than the worse end, since squared error is convex; mixed weights may be, and how much is the barrier between the two.
 * @throws IcicleError where a model or a learner cannot take the episodes, or predicts a number that is not finite
 */
export async function morph(options: MorphOptions, ends: Ends, context: PredictContext = {}): Promise<Morph> {
  const { a, b, engine } = ends;
  const spec = parseSpec('walk', morphSchema, { ...options, a: a.hash, b: b.hash });
  const family = parseFamily(spec.family);
  const { points, steps } = spec;
  for (const { name, config } of [a, b]) {
    if (family.inputs > config.inputs)
      throw unsupported('inputs', family.inputs, `${name} takes at most ${config.inputs}; ask for fewer`);
    if (points > config.points)
      throw unsupported('examples', points - 1, `${name} takes at most ${config.points - 1}; ask for fewer`);
  }
  const textbook = resolveLearners(spec.learners, [], family, points);
  const { parameters, ...aligned } = sameShape(a, b) ? align(a, b) : { parameters: undefined };
  const inner = Array.from({ length: steps - 1 }, (_, i) => (i + 1) / steps);
  const models = [
    modelLearner('a', a.config, a.parameters, engine),
    modelLearner('b', b.config, b.parameters, engine),
    ...(parameters === undefined ? [] : inner).map((t) =>
      modelLearner(`weights at t = ${t}`, a.config, between(a.parameters, parameters!, t), engine),
    ),
  ];
  try {
    const learners: Learner[] = [...models, ...textbook];
    const { labels, predictions } = await predictAll(family, learners, spec, context);
    const [ownA, ownB] = predictions as [Predictions, Predictions];
    const references = [
      { name: 'a', predictions: ownA },
      { name: 'b', predictions: ownB },
      ...merged(
        textbook.map(({ name }, i) => ({ name, predictions: predictions[models.length + i]! })),
        undefined,
      ),
    ];
    const stops: { walk: Walk; t: number; own: Predictions }[] = [
      ...(parameters === undefined
        ? []
        : [ownA, ...predictions.slice(2, models.length), ownB].map((own, i) => ({
            walk: 'weights' as const,
            t: i / steps,
            own,
          }))),
      ...Array.from({ length: steps + 1 }, (_, i) => ({
        walk: 'predictions' as const,
        t: i / steps,
        own: mixed(ownA, ownB, i / steps),
      })),
    ];
    const hash = specHash(spec);
    const range = [1, Math.min(2 * family.inputs, points - 1)] as const;
    const rows: WalkRow[] = [];
    for (const [done, { walk, t, own }] of stops.entries()) {
      await turn(context, { stage: 'measure', done, total: stops.length });
      const about = { family: family.name, learner: `${walk} t=${t}`, seed: spec.seed, spec: hash };
      const errors = squaredErrors(labels, own);
      const measured = [
        ...meanRows(errors, 'squared-error', about, spec),
        rangeRow(errors, 'squared-error', range, about, spec),
        ...references.flatMap(({ name: reference, predictions: other }) => {
          const values = squaredDifferences(own, other);
          const perInput = { ...values, values: values.values.map((value) => value / family.inputs) };
          return [
            ...meanRows(values, 'spd', { ...about, reference }, spec),
            rangeRow(perInput, 'spd/d', range, { ...about, reference }, spec),
          ];
        }),
      ];
      rows.push(...measured.map((row) => ({ walk, t, ...row })));
    }
    return {
      ...(parameters === undefined ? {} : { aligned: aligned as Omit<Aligned, 'parameters'> }),
      rows,
      references: references.map(({ name }) => name),
      spec,
      hash,
    };
  } finally {
    for (const { release } of models) await release();
  }
}

/** Whether weights of the two can be mixed: what is multiplied with what is the same. */
export const sameShape = (a: Model, b: Model): boolean => canonicalJson(a.config) === canonicalJson(b.config);

const mixed = (a: Predictions, b: Predictions, t: number): Predictions => ({
  values: a.values.map((value, i) => (1 - t) * value + t * b.values[i]!),
  episodes: a.episodes,
  points: a.points,
});
