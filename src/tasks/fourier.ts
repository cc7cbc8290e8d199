import { z } from 'zod';
import { random } from '../core/random.js';
import { parseSpec } from '../core/spec.js';
import { type Family, normals } from './family.js';
import { type Features, featureFamily } from './features.js';
import { inputsOption, positive, seedOption } from './options.js';

/** Options of the family `fourier`. */
export const fourierSchema = z.strictObject({
  family: z.literal('fourier').default('fourier'),
  /** D, inputs of a point. */
  inputs: inputsOption(1),
  /** R, random features. */
  features: z.int().min(1).max(512, 'must be at most 512').default(64),
  /** ℓ, the distance over which functions change: frequencies are N(0, I/ℓ²). */
  length: positive.default(1),
  /** The standard deviation of each weight and of the labels. */
  scale: positive.default(1),
  /** Seed of the frequencies and phases, which all episodes share. */
  seed: seedOption,
});

export type FourierSpec = z.output<typeof fourierSchema>;
export type FourierOptions = z.input<typeof fourierSchema>;

/**
 * Smooth functions from random Fourier features (Rahimi & Recht, NeurIPS 2007): y = √(2/R) Σ_r w_r cos(ω_rᵀx + b_r) with
 * ω ~ N(0, I/ℓ²), b ~ U(0, 2π) drawn once for the family, and w ~ N(0, scale² I), x ~ N(0, I) for each episode. As R
 * grows, draws of a Gaussian process with kernel scale² exp(−|x−x'|²/2ℓ²). The defaults are ours. Bayes: linear
 * regression on the features.
 * @throws IcicleError (exit code 2) where the options do not fit `fourierSchema`.
 */
export function fourier(options: FourierOptions = {}): Family<FourierSpec> {
  const spec = parseSpec('family fourier', fourierSchema, options);
  return featureFamily({
    name: 'fourier',
    spec,
    inputs: spec.inputs,
    scale: spec.scale,
    features: cosines(spec),
    coordinate: (stream) => stream.normal(),
  });
}

function cosines({ inputs, features, length, seed }: FourierSpec): Features {
  const stream = random(seed, 'fourier features');
  const frequencies = normals(features * inputs, stream).map((value) => value / length); // [R,D]
  const phases = Float64Array.from({ length: features }, () => 2 * Math.PI * stream.uniform());
  const height = Math.sqrt(2 / features);
  return {
    count: features,
    write: (x, from, out) => {
      for (let r = 0; r < features; r++) {
        let angle = phases[r]!;
        for (let j = 0; j < inputs; j++) angle += frequencies[r * inputs + j]! * x[from + j]!;
        out[r] = height * Math.cos(angle);
      }
    },
  };
}
