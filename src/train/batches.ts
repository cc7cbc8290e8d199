import type { Episodes, TaskFamily } from '../core/episodes.js';
import { usageError } from '../core/errors.js';
import { random } from '../core/random.js';
import { capActive, parseFamily } from '../tasks/index.js';
import { curriculumAt, type TrainSpec } from './spec.js';

/** One shard of what a training step eats, in float32. */
export interface Batch {
  readonly episodes: number;
  readonly points: number;
  readonly inputs: number;
  /** [E,K,D] */
  readonly x: Float32Array<ArrayBuffer>;
  /** [E,K] */
  readonly y: Float32Array<ArrayBuffer>;
  /** [E,K]: what the model is taught, as the spec's `target` says. */
  readonly target: Float32Array<ArrayBuffer>;
  /** [E,K]: how much each point counts, 1 on average. */
  readonly weights: Float32Array<ArrayBuffer>;
}

/** Gives the shard of any step: a pure function of spec, shard and step, so that a resumed run sees the same prompts. */
export type BatchSource = (step: number) => Promise<Batch>;

/** Samples one shard of each batch. @throws IcicleError where spec and family do not fit */
export function batchSource(spec: TrainSpec, shard: number): BatchSource {
  const families = new Map<number, TaskFamily>();
  const familyWith = (inputs: number): TaskFamily => {
    const known = families.get(inputs);
    if (known !== undefined) return known;
    const family = parseFamily(inputs < spec.model.inputs ? capActive(spec.family, inputs) : spec.family);
    families.set(inputs, family);
    return family;
  };
  const full = familyWith(spec.model.inputs);
  if (full.inputs !== spec.model.inputs)
    throw usageError(
      `the family has ${full.inputs} inputs and the model takes ${spec.model.inputs}: set family.inputs or model.inputs`,
    );
  if (spec.target === 'bayes' && full.bayes === undefined)
    throw usageError(`target "bayes": the family ${full.name} has no Bayes predictor; use target "label"`);

  if (spec.weighting !== null && spec.asked === 'last')
    throw usageError(
      'weighting: it weighs points against each other, and "asked" names the last alone; leave one out',
    );
  if (spec.weighting !== null && full.risk === undefined)
    throw usageError(`weighting: the family ${full.name} does not know its risk; use weighting null`);

  return async (step) => {
    const { points, inputs } = curriculumAt(spec, step);
    const family = familyWith(inputs);
    const episodes = spec.episodes / spec.shards;
    const sampled = family.sample({
      episodes,
      points,
      seed: spec.seed,
      stream: random(spec.seed, 'batch', step, shard),
    });
    const y = Float32Array.from(sampled.y);
    const target = await targetOf(spec, family, sampled, y);
    const weights = weightsOf(spec, family, sampled);
    return {
      episodes,
      points,
      inputs: family.inputs,
      x: Float32Array.from(sampled.x),
      y,
      target,
      weights,
    };
  };
}

async function targetOf(
  { target }: TrainSpec,
  family: TaskFamily,
  episodes: Episodes,
  y: Float32Array<ArrayBuffer>,
) {
  if (target === 'bayes') return Float32Array.from((await family.bayes!().predict(episodes)).values);
  if (target === 'label') return y;
  if (episodes.truth === undefined)
    throw usageError(
      `target "truth": the family ${family.name} does not know its labels without noise; use target "label"`,
    );
  return Float32Array.from(episodes.truth);
}

/** 1 / (risk + weighting · the risk without any example), 0 where a point is not asked, scaled to a mean of 1. */
function weightsOf(
  { weighting, asked }: TrainSpec,
  family: TaskFamily,
  sampled: Episodes,
): Float32Array<ArrayBuffer> {
  const { episodes, points } = sampled;
  if (asked === 'last')
    return Float32Array.from({ length: episodes * points }, (_, i) => ((i + 1) % points === 0 ? points : 0));
  if (weighting === null) return new Float32Array(episodes * points).fill(1);
  const risk = family.risk!(sampled);
  const weights = Float32Array.from(risk, (value, i) => 1 / (value + weighting * risk[i - (i % points)]!));
  const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}
