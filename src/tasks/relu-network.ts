import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import { type Family, makeFamily, normals, type Task } from './family.js';
import { inputsOption, positive } from './options.js';

/** Options of the family `relu-network`. */
export const reluNetworkSchema = z.strictObject({
  family: z.literal('relu-network').default('relu-network'),
  /** D, inputs of a point. */
  inputs: inputsOption(20),
  /** r, hidden units. */
  hidden: z.int().min(1).max(4096, 'must be at most 4096').default(100),
  /** Factor of all labels. */
  scale: positive.default(1),
});

export type ReluNetworkSpec = z.output<typeof reluNetworkSchema>;
export type ReluNetworkOptions = z.input<typeof reluNetworkSchema>;

/**
 * Two-layer networks without biases: y = Σ_i a_i max(0, w_iᵀx), x ~ N(0, I), w_i ~ N(0, I), a_i ~ N(0, 2/r), so that the
 * labels have variance D (Garg et al., arXiv 2208.01066: D = 20, r = 100). The Bayes predictor has no closed form.
 * @throws IcicleError (exit code 2) where the options do not fit `reluNetworkSchema`.
 */
export function reluNetwork(options: ReluNetworkOptions = {}): Family<ReluNetworkSpec> {
  const spec = parseSpec('family relu-network', reluNetworkSchema, options);
  const { inputs, hidden, scale } = spec;
  return makeFamily({
    name: 'relu-network',
    spec,
    inputs,
    sigma: 0,
    episode: (points, stream) => {
      const w = normals(hidden * inputs, stream); // [r,D]
      const a = normals(hidden, stream).map((value) => scale * Math.sqrt(2 / hidden) * value);
      return { x: normals(points * inputs, stream), task: network(w, a, inputs), noise: 0 };
    },
  });
}

function network(w: Float64Array, a: Float64Array, inputs: number): Task {
  return {
    at: (x, from) => {
      let value = 0;
      for (let i = 0; i < a.length; i++) {
        let unit = 0;
        for (let j = 0; j < inputs; j++) unit += w[i * inputs + j]! * x[from + j]!;
        if (unit > 0) value += a[i]! * unit;
      }
      return value;
    },
  };
}
