import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import { transformerConfig } from '../model/config.js';
import { parseFamily } from '../tasks/index.js';

/** A curriculum over one quantity: from a start, by some amount every so many steps, up to the full value (Garg et al. 2022). */
const ramp = z.strictObject({
  from: z.int().min(1),
  by: z.int().min(1).default(1),
  every: z.int().min(1).describe('steps'),
});

/** What every training run depends on, whatever is trained. */
export const optimisation = {
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'use lower-case letters, digits, dots and dashes'),
  seed: z.int().min(0).default(1),
  /** SHA-256 of the model whose weights training begins with; fresh weights where absent. */
  from: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is the SHA-256 of a model, which icicle train --from <model> puts in')
    .optional(),
  /** Parts of a batch whose gradients are computed at once, on a core each. */
  shards: z.int().min(1).max(64).default(2),
  steps: z.int().min(1),
  /** Muon on the blocks' matrices with Adam on the rest, or Adam on everything. */
  optimiser: z.enum(['muon', 'adam']).default('muon'),
  /** Peak learning rates. */
  rates: z
    .strictObject({ adam: z.number().positive().default(4e-3), muon: z.number().positive().default(0.02) })
    .prefault({}),
  adam: z
    .strictObject({
      beta1: z.number().min(0).lt(1).default(0.9),
      beta2: z.number().min(0).lt(1).default(0.98),
      epsilon: z.number().positive().default(1e-8),
      decay: z.number().min(0).default(0),
    })
    .prefault({}),
  muon: z
    .strictObject({
      momentum: z.number().min(0).lt(1).default(0.95),
      iterations: z.int().min(1).default(5),
      decay: z.number().min(0).default(0),
    })
    .prefault({}),
  schedule: z
    .strictObject({
      shape: z.enum(['constant', 'linear', 'cosine']).default('linear'),
      warmup: z.number().min(0).lt(1).default(0.05),
    })
    .prefault({}),
  /** Largest global norm of the gradients; null: not clipped. */
  clip: z.number().positive().nullable().default(1),
  /** Decay of the running average of the weights, which becomes the model; null: the last weights do. */
  average: z.number().min(0).lt(1).nullable().default(0.99),
};

/** All that a training run depends on: the same spec gives the same weights. */
export const trainSpec = z
  .strictObject({
    ...optimisation,
    /** The distribution over tasks, as in `icicle compare --family`. */
    family: z.looseObject({ family: z.string() }),
    model: transformerConfig,
    initialisation: z.enum(['fan-in', 'uniform-scaling']).default('fan-in'),
    /** E: episodes in a batch. */
    episodes: z.int().min(1).default(64),
    /** Inputs that are not zero, and points of a prompt, early in training. */
    curriculum: z.strictObject({ inputs: ramp.optional(), points: ramp.optional() }).prefault({}),
    /** What the model is taught: the `label` as a learner would see it, the label without its noise (`truth`: the same
     * expected gradient, less variance), or the Bayes predictor's answer (`bayes`: less variance still, but it gives the
     * model the answer, and results say so). */
    target: z.enum(['label', 'truth', 'bayes']).default('label'),
    /** Divides the squared error of each point by the least error that can be expected there (the family's risk) plus this
     * share of the labels' variance, so that points where little is left to learn still count. null: all count the same. */
    weighting: z.number().positive().nullable().default(null),
    /** `last`: the error of the last point alone is trained (von Oswald et al., arXiv 2212.07677); every point's where absent. */
    asked: z.literal('last').optional(),
    evaluation: z
      .strictObject({ every: z.int().min(1).default(500), episodes: z.int().min(2).default(256) })
      .prefault({}),
  })
  .refine(({ episodes, shards }) => episodes % shards === 0, {
    error: 'episodes must be a multiple of shards',
    path: ['episodes'],
  });

export type TrainSpec = z.output<typeof trainSpec>;

/**
 * The complete spec: every default filled in, the family's too, so that specs that mean the same have the same hash.
 * @throws IcicleError (exit code 2) that names every wrong key
 */
export function parseTrainSpec(value: unknown): TrainSpec {
  const spec = parseSpec('training spec', trainSpec, value);
  return { ...spec, family: parseFamily({ inputs: spec.model.inputs, ...spec.family }).spec };
}

/** Points and active inputs of the prompts in a step (counted from 1). */
export function curriculumAt(spec: TrainSpec, step: number): { points: number; inputs: number } {
  const at = (full: number, rising?: { from: number; by: number; every: number }) =>
    rising === undefined
      ? full
      : Math.min(full, rising.from + rising.by * Math.floor((step - 1) / rising.every));
  return {
    points: at(spec.model.points, spec.curriculum.points),
    inputs: at(spec.model.inputs, spec.curriculum.inputs),
  };
}
