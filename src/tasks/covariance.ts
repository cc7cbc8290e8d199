import { Matrix, QrDecomposition } from 'ml-matrix';
import type { Random } from '../core/random.js';

/** A square root of Σ: the standard deviations along its axes, [d], and the axes as columns, [d,d], where turned. */
export interface Root {
  readonly deviations: Float64Array;
  readonly axes?: Float64Array;
}

/** Standard deviations, [d], of eigenvalues ∝ 1/i^power with trace d (power 2: Garg et al., arXiv 2208.01066). */
export function skewedDeviations(d: number, power = 2): Float64Array {
  let trace = 0;
  for (let i = 1; i <= d; i++) trace += 1 / i ** power;
  return Float64Array.from({ length: d }, (_, i) => Math.sqrt(d / trace) / (i + 1) ** (power / 2));
}

/**
 * Random orthogonal axes, [d,d]: the Q of a matrix of normal draws. It is uniform over rotations up to the signs of its
 * columns, which a distribution symmetric along each axis does not see.
 */
export function rotation(d: number, stream: Random): Float64Array {
  const draws = Matrix.zeros(d, d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) draws.set(i, j, stream.normal());
  return Float64Array.from(new QrDecomposition(draws).orthogonalMatrix.to1DArray());
}

/** Turns the standard normal draws of one input, from `at`, in place into draws with covariance Σ. */
export function spread(x: Float64Array, at: number, { deviations, axes }: Root): void {
  const d = deviations.length;
  for (let j = 0; j < d; j++) x[at + j] = x[at + j]! * deviations[j]!;
  if (axes === undefined) return;
  const along = x.slice(at, at + d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += axes[i * d + j]! * along[j]!;
    x[at + i] = sum;
  }
}
