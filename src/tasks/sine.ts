import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import { type Family, makeFamily } from './family.js';
import { positive } from './options.js';
import { sineBayes } from './sine-bayes.js';

/** Options of the family `sine`. */
export const sineSchema = z.strictObject({
  family: z.literal('sine').default('sine'),
  inputs: z.literal(1, { error: 'must be 1: a sine has one input' }).default(1),
  /** The amplitude is uniform between these. */
  amplitude: z
    .tuple([z.number(), z.number()], { error: 'must be [low, high]' })
    .refine(([low, high]) => 0 <= low && low < high, 'must be 0 ≤ low < high')
    .default([0.1, 5]),
  /** Inputs are uniform between minus this and this. */
  range: positive.default(5),
});

export type SineSpec = z.output<typeof sineSchema>;
export type SineOptions = z.input<typeof sineSchema>;

/**
 * Sines: y = a sin(x + φ), a ~ U(0.1, 5), φ ~ U(0, π), x ~ U(−5, 5) (von Oswald et al., arXiv 2212.07677, §4, with 10
 * examples; their code draws a ~ U(0.1, 0.5): `amplitude: [0.1, 0.5]`). Bayes, without noise: in closed form; two
 * examples settle a and φ.
 * @throws IcicleError (exit code 2) where the options do not fit `sineSchema`.
 */
export function sine(options: SineOptions = {}): Family<SineSpec> {
  const spec = parseSpec('family sine', sineSchema, options);
  const [low, high] = spec.amplitude;
  return makeFamily({
    name: 'sine',
    spec,
    inputs: 1,
    sigma: 0,
    bayes: () => sineBayes(low, high),
    episode: (points, stream) => {
      const a = low + (high - low) * stream.uniform();
      const phase = Math.PI * stream.uniform();
      const x = Float64Array.from({ length: points }, () => spec.range * (2 * stream.uniform() - 1));
      return { x, task: { at: (x, from) => a * Math.sin(x[from]! + phase) }, noise: 0 };
    },
  });
}
