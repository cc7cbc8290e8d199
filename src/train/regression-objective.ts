import { mul, reduceMean, square, sub } from '../graph/ops/index.js';
import { initialise, parameterShapes } from '../model/parameters.js';
import { forward } from '../model/transformer.js';
import { batchSource } from './batches.js';
import type { Objective } from './objective.js';
import type { TrainSpec } from './spec.js';

/** In-context regression: the weighted squared error of a transformer's prediction at each point. */
export function regressionObjective(spec: TrainSpec): Objective {
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
    layouts: 1,
    loss: ({ x, y, target, weights }, parameters) => {
      const { predictions } = forward(spec.model, parameters, x!, y!);
      return reduceMean(mul(weights!, square(sub(predictions, target!))));
    },
  };
}
