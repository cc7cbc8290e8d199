import type { ShapedArray } from '../core/array.js';
import { mul, reduceMean, square, sub } from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';
import { initialise, type Parameters, parameterShapes } from '../model/parameters.js';
import { forward } from '../model/transformer.js';
import { batchSource } from './batches.js';
import type { TrainSpec } from './spec.js';

/** What is trained: parameters, one shard of what a step eats, and the loss. The rest of training knows no more of a model. */
export interface Objective {
  /** Every parameter's name and shape. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Parameters before the first step. */
  fresh(): Parameters;
  /**
   * Gives one shard's feeds, by name, for any step: a pure function of the step, so that a resumed run sees the same ones.
   * @throws IcicleError (exit code 2) where the spec cannot be sampled
   */
  sampler(shard: number): (step: number) => Promise<Readonly<Record<string, ShapedArray>>>;
  /** The loss, [], of feeds with the shapes of some step. */
  loss(feeds: Readonly<Record<string, Tensor>>, parameters: Readonly<Record<string, Tensor>>): Tensor;
}

/** In-context regression: the weighted squared error of a transformer's prediction at each point. */
export function objectiveOf(spec: TrainSpec): Objective {
  return {
    shapes: parameterShapes(spec.model),
    fresh: () => initialise(spec.model, spec.seed, spec.initialisation),
    sampler: (shard) => {
      const sample = batchSource(spec, shard);
      return async (step) => {
        const { episodes, points, inputs, ...data } = await sample(step);
        const each = (data: Float32Array<ArrayBuffer>) => ({ shape: [episodes, points], data });
        return {
          x: { shape: [episodes, points, inputs], data: data.x },
          y: each(data.y),
          target: each(data.target),
          weights: each(data.weights),
        };
      };
    },
    loss: ({ x, y, target, weights }, parameters) => {
      const { predictions } = forward(spec.model, parameters, x!, y!);
      return reduceMean(mul(weights!, square(sub(predictions, target!))));
    },
  };
}
