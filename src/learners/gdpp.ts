import type { Learner } from '../core/episodes.js';
import { missing } from '../core/errors.js';
import { checkFromZero, checkPositive, checkSteps } from './checks.js';
import { frobenius, momentLearner, symmetricProduct, times } from './moments.js';

export interface GdppOptions {
  /** Number of steps over all examples. Default 1. */
  readonly steps?: number;
  /** α, the rate of the gradient step, 2α in place of the paper's η/N. Default: see `gdpp`. */
  readonly rate?: number;
  /** γ of the change of the inputs. Default: see `gdpp`. Needs a rate. */
  readonly gamma?: number;
}

/**
 * Without given rates, steps end where the curvature that is left is a smaller share of the first than this: what comes
 * then is rounding.
 */
const FLAT = 1e-10;

/**
 * GD++, gradient descent that also improves the curvature that it walks on: each step takes a gradient step on the
 * residuals, and at the same time transforms all inputs, the query's too, x ← (I − γXᵀX)x, which shrinks the large
 * eigenvalues of XᵀX (von Oswald et al., arXiv 2212.07677, §4 and appendix A.10: what deep linear attention does).
 *
 * With S = XᵀX, A the product of the transformations so far, and m = Xᵀ(residuals), all in the present inputs, a step is
 * w ← w + 2αAm, m ← (I − γS)(m − 2αSm), A ← A(I − γS), S ← (I − γS)S(I − γS).
 *
 * Without rates each step takes 2α = 1/‖S‖ and γ = 1/(2‖S‖) (Frobenius) of its own S: no direction is ever overshot,
 * and the largest eigenvalue falls to at most 8/27 of ‖S‖. With them the rates are the same in every step. γ = 0 is
 * gradient descent.
 * @throws IcicleError where steps is not a whole number from 1, the rate not greater than 0, γ below 0, or one of rate
 * and γ is given without the other.
 */
export function gdpp(options: GdppOptions = {}): Learner {
  const { steps = 1, rate, gamma } = options;
  checkSteps('number of GD++ steps', steps);
  if (rate !== undefined) checkPositive('GD++ rate', rate, '0.01');
  if (gamma !== undefined) checkFromZero('GD++ γ', gamma);
  if ((rate === undefined) !== (gamma === undefined))
    throw missing(
      rate === undefined ? 'GD++ rate' : 'GD++ γ',
      'give both or neither, such as gdpp:4:0.01:0.005 (steps, rate, γ)',
    );
  const name = `gdpp:${steps}${rate === undefined ? '' : `:${rate}:${gamma}`}`;
  return momentLearner(name, (inputs) => {
    const s = new Float64Array(inputs * inputs);
    const shrink = new Float64Array(inputs * inputs); // I − γS
    const a = new Float64Array(inputs * inputs);
    const product = new Float64Array(inputs * inputs);
    const m = new Float64Array(inputs);
    const slope = new Float64Array(inputs);
    return ({ second, moment }, w) => {
      s.set(second);
      m.set(moment);
      identity(a, inputs);
      w.fill(0);
      const first = frobenius(s);
      for (let step = 0; step < steps; step++) {
        const size = frobenius(s);
        if (size === 0 || (rate === undefined && size < FLAT * first)) return;
        const eta = rate === undefined ? 1 / size : 2 * rate;
        const turn = gamma === undefined ? 1 / (2 * size) : gamma;
        times(a, m, slope);
        for (let j = 0; j < inputs; j++) w[j] = w[j]! + eta * slope[j]!;
        if (step === steps - 1) return;
        times(s, m, slope);
        for (let j = 0; j < inputs; j++) slope[j] = m[j]! - eta * slope[j]!;
        for (let i = 0; i < s.length; i++) shrink[i] = -turn * s[i]!;
        for (let j = 0; j < inputs; j++) shrink[j * inputs + j] = 1 + shrink[j * inputs + j]!;
        times(shrink, slope, m);
        symmetricProduct(a, shrink, inputs, product);
        a.set(product);
        symmetricProduct(s, shrink, inputs, product);
        symmetricProduct(product, shrink, inputs, s);
      }
    };
  });
}

function identity(a: Float64Array, size: number): void {
  a.fill(0);
  for (let j = 0; j < size; j++) a[j * size + j] = 1;
}
