import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import type { Family } from './family.js';
import { featureFamily } from './features.js';
import { inputsOption, positive } from './options.js';

/** Options of the family `quadratic`. */
export const quadraticSchema = z.strictObject({
  family: z.literal('quadratic').default('quadratic'),
  /** D, inputs of a point. */
  inputs: inputsOption(20),
  /** τ, the standard deviation of each weight. */
  scale: positive.default(1),
});

export type QuadraticSpec = z.output<typeof quadraticSchema>;
export type QuadraticOptions = z.input<typeof quadraticSchema>;

/**
 * Squares without products: y = Σ_j w_j x_j²/√3, x ~ N(0, I), w ~ N(0, τ²I); √3 gives each feature a mean square of 1 (Garg
 * et al., arXiv 2208.01066; in their code, not in the text). Bayes: linear regression on x_j²/√3.
 * @throws IcicleError (exit code 2) where the options do not fit `quadraticSchema`.
 */
export function quadratic(options: QuadraticOptions = {}): Family<QuadraticSpec> {
  const spec = parseSpec('family quadratic', quadraticSchema, options);
  const { inputs, scale } = spec;
  return featureFamily({
    name: 'quadratic',
    spec,
    inputs,
    scale,
    features: {
      count: inputs,
      write: (x, from, out) => {
        for (let j = 0; j < inputs; j++) out[j] = x[from + j]! ** 2 / Math.sqrt(3);
      },
    },
    coordinate: (stream) => stream.normal(),
  });
}
