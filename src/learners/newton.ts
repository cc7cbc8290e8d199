import type { Learner } from '../core/episodes.js';
import { checkSteps } from './checks.js';
import { frobenius, momentLearner, symmetricProduct, times } from './moments.js';

export interface NewtonOptions {
  /** Number of iterations k, from 0. Default 3. */
  readonly steps?: number;
}

/**
 * Least squares by Newton's iteration for the inverse of S = XᵀX (Schulz 1933; Fu et al., arXiv 2310.17086, §2):
 * M₀ = αS, M' = 2M − MSM, w = M_k XᵀY. The error I − MS squares with each iteration, so that k iterations do what
 * takes gradient descent about 2^k steps; where S is singular M goes to its pseudoinverse.
 *
 * Computed through that error, R₀ = I − αS², R' = R², w' = w + Rw: one product of matrices an iteration.
 *
 * α = 1/‖S²‖ (Frobenius). The paper's α = 2/‖S²‖ of the spectral norm lies just outside what converges: it gives the
 * largest direction the error −1, whose squares are 1 for ever.
 * @throws IcicleError where the number of iterations is not a whole number from 0.
 */
export function newton(options: NewtonOptions = {}): Learner {
  const { steps = 3 } = options;
  checkSteps('number of Newton iterations', steps, 0);
  return momentLearner(`newton:${steps}`, (inputs) => {
    let error = new Float64Array(inputs * inputs);
    let squared = new Float64Array(inputs * inputs);
    const change = new Float64Array(inputs);
    return ({ second, moment }, w) => {
      symmetricProduct(second, second, inputs, error);
      const size = frobenius(error);
      w.fill(0);
      if (size === 0) return;
      for (let i = 0; i < error.length; i++) error[i] = -error[i]! / size;
      for (let j = 0; j < inputs; j++) error[j * inputs + j] = 1 + error[j * inputs + j]!;
      times(second, moment, w);
      for (let j = 0; j < inputs; j++) w[j] = w[j]! / size;
      for (let s = 0; s < steps; s++) {
        times(error, w, change);
        for (let j = 0; j < inputs; j++) w[j] = w[j]! + change[j]!;
        if (s === steps - 1) return;
        symmetricProduct(error, error, inputs, squared);
        [error, squared] = [squared, error];
      }
    };
  });
}
