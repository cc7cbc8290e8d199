import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import { choose, type Family } from './family.js';
import { type Features, featureFamily } from './features.js';
import { inputsOption, positive } from './options.js';

const MOST_TERMS = 512;

/** Options of the family `polynomial`. */
export const polynomialSchema = z
  .strictObject({
    family: z.literal('polynomial').default('polynomial'),
    /** D, inputs of a point. */
    inputs: inputsOption(1),
    /** The highest total degree of a term. */
    degree: z.int().min(0).max(16, 'must be at most 16').default(3),
    /** The standard deviation of the labels. */
    scale: positive.default(1),
  })
  .refine(({ inputs, degree }) => choose(inputs + degree, degree) <= MOST_TERMS, {
    error: ({ input }) => {
      const { inputs, degree } = input as { inputs: number; degree: number };
      return `${inputs} inputs have ${choose(inputs + degree, degree)} terms, and at most ${MOST_TERMS} are allowed; lower degree or inputs`;
    },
    path: ['degree'],
  });

export type PolynomialSpec = z.output<typeof polynomialSchema>;
export type PolynomialOptions = z.input<typeof polynomialSchema>;

/**
 * All polynomials of a total degree: y = Σ_p w_p φ_p(x), x ~ U(−1, 1)^D, the φ_p being the products of normalised
 * Legendre polynomials (orthonormal under x), w ~ N(0, scale²/P) for P terms. None of the papers fixes a protocol; the
 * parameters are ours. Bayes: linear regression on the φ_p.
 * @throws IcicleError (exit code 2) where the options do not fit `polynomialSchema`.
 */
export function polynomial(options: PolynomialOptions = {}): Family<PolynomialSpec> {
  const spec = parseSpec('family polynomial', polynomialSchema, options);
  const features = legendre(spec.inputs, spec.degree);
  const scale = spec.scale / Math.sqrt(features.count);
  return featureFamily({
    name: 'polynomial',
    spec,
    inputs: spec.inputs,
    scale,
    features,
    coordinate: (stream) => 2 * stream.uniform() - 1,
  });
}

/** Products of √(2i+1) P_i(x_j), P_i the Legendre polynomial of degree i, up to a total degree. */
export function legendre(inputs: number, degree: number): Features {
  const terms = exponents(inputs, degree);
  const values = new Float64Array(inputs * (degree + 1)); // [D,degree+1]
  return {
    count: terms.length,
    write: (x, from, out) => {
      for (let j = 0; j < inputs; j++) {
        const v = x[from + j]!;
        let [before, now] = [0, 1];
        for (let i = 0; i <= degree; i++) {
          values[j * (degree + 1) + i] = Math.sqrt(2 * i + 1) * now;
          [before, now] = [now, ((2 * i + 1) * v * now - i * before) / (i + 1)];
        }
      }
      for (let p = 0; p < terms.length; p++) {
        let product = 1;
        for (const [j, i] of terms[p]!) product *= values[j * (degree + 1) + i]!;
        out[p] = product;
      }
    },
  };
}

/** Every term of at most this total degree, as pairs of an input and its power, powers from 1. */
function exponents(inputs: number, degree: number, first = 0): [input: number, power: number][][] {
  const all: [number, number][][] = [[]];
  for (let j = first; j < inputs; j++)
    for (let power = 1; power <= degree; power++)
      for (const rest of exponents(inputs, degree - power, j + 1)) all.push([[j, power], ...rest]);
  return all;
}
