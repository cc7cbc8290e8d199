import type { Learner } from '../core/episodes.js';
import { invalid } from '../core/errors.js';
import { checkPositive, checkSteps } from './checks.js';
import { frobenius, momentLearner, times } from './moments.js';

export interface MomentumOptions {
  /** Number of steps over all examples. Default 8. */
  readonly steps?: number;
  /** β of the update below, from 0 (plain gradient descent) to below 1. Default 0.9. */
  readonly momentum?: number;
  /** α of the update below. Default: 2α = 1/‖XᵀX‖ (Frobenius), with which every direction converges. */
  readonly rate?: number;
}

/**
 * Gradient descent with momentum, the heavy ball, on all examples from w = 0:
 * w' = w − 2α(XᵀXw − XᵀY) + β(w − w_before) (Polyak 1964, "Some methods of speeding up the convergence of iteration
 * methods", eq. 9). It converges to least squares where 0 < 2α < 2(1 + β)/largest eigenvalue of XᵀX.
 * @throws IcicleError where steps is not a whole number from 1, β not from 0 to below 1, the rate not greater than 0.
 */
export function momentum(options: MomentumOptions = {}): Learner {
  const { steps = 8, momentum: beta = 0.9, rate } = options;
  checkSteps('number of momentum steps', steps);
  if (!(beta >= 0 && beta < 1))
    throw invalid('momentum β', beta, 'it must be from 0 to below 1, such as 0.9');
  if (rate !== undefined) checkPositive('momentum rate', rate, '0.01');
  const name = `momentum:${steps}:${beta}${rate === undefined ? '' : `:${rate}`}`;
  return momentLearner(name, (inputs) => {
    const slope = new Float64Array(inputs);
    const last = new Float64Array(inputs); // the step that was taken last
    return ({ second, moment }, w) => {
      const size = rate === undefined ? frobenius(second) : 1 / (2 * rate);
      w.fill(0);
      if (size === 0) return;
      last.fill(0);
      for (let s = 0; s < steps; s++) {
        times(second, w, slope);
        for (let j = 0; j < inputs; j++) {
          const step = beta * last[j]! - (slope[j]! - moment[j]!) / size;
          last[j] = step;
          w[j] = w[j]! + step;
        }
      }
    };
  });
}
