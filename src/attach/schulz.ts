import { matmul, mul, sub } from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';

/**
 * Newton–Schulz iterations M ← 2M − M A M for the inverse of a matrix A, or of each of a stack: what is left of I − M A squares
 * with each (Schulz 1933; Ben-Israel 1965), so that it must begin below 1 in norm.
 */
export function schulz(start: Tensor, system: Tensor, steps: number): Tensor {
  let inverse = start;
  for (let i = 0; i < steps; i++) inverse = sub(mul(inverse, 2), matmul(matmul(inverse, system), inverse));
  return inverse;
}
