import { add, div, min, mul, reduceSum, sqrt, square } from '../ops/index.js';
import type { Tensor } from '../tensor.js';

/** The Euclidean norm of all gradients together, a scalar. */
export const globalNorm = (gradients: readonly Tensor[]): Tensor =>
  sqrt(gradients.map((gradient) => reduceSum(square(gradient))).reduce((a, b) => add(a, b)));

/** Keeps a norm of zero from dividing by zero; as in PyTorch's `clip_grad_norm_`, with whose steps ours are compared. */
const EPSILON = 1e-6;

/**
 * Scales gradients down so that their global norm is at most `limit` (Pascanu et al. 2013, algorithm 1); also that norm
 * before, a scalar.
 */
export function clipByGlobalNorm(
  gradients: readonly Tensor[],
  limit: number,
): { gradients: Tensor[]; norm: Tensor } {
  const norm = globalNorm(gradients);
  const factor = min(div(limit, add(norm, EPSILON)), 1);
  return { gradients: gradients.map((gradient) => mul(gradient, factor)), norm };
}
