import type { Learner } from '../core/episodes.js';
import { checkFromZero, checkSteps } from './checks.js';
import { momentLearner, times } from './moments.js';
import { dot } from './triangle.js';

export interface CgOptions {
  /** The most steps. Default 4. */
  readonly steps?: number;
  /** Ridge penalty λ. Default 0, least squares. */
  readonly lambda?: number;
}

/** A direction whose curvature is a smaller share of all curvature than this lies outside the span of the inputs. */
const FLAT = 1e-14;
/** A residual that is a smaller share of the first one than this is rounding. */
const DONE = 1e-13;

/**
 * Conjugate gradient on (XᵀX + λI)w = XᵀY from w = 0 (Hestenes & Stiefel 1952): after k steps the best w of the span of
 * m, Sm, …, S^{k−1}m, with S = XᵀX + λI and m = XᵀY; after as many as there are distinct eigenvalues least squares of
 * minimum norm, or ridge. Residuals are orthogonalised against all earlier ones, so that this holds in floating point too.
 * @throws IcicleError where steps is not a whole number from 1, λ below 0.
 */
export function cg(options: CgOptions = {}): Learner {
  const { steps = 4, lambda = 0 } = options;
  checkSteps('number of conjugate gradient steps', steps);
  checkFromZero('conjugate gradient λ', lambda);
  const name = `cg:${steps}${lambda === 0 ? '' : `:${lambda}`}`;
  return momentLearner(name, (inputs) => {
    const most = Math.min(steps, inputs);
    const residuals = Array.from({ length: most + 1 }, () => new Float64Array(inputs));
    const squares = new Float64Array(most + 1);
    const p = new Float64Array(inputs);
    const product = new Float64Array(inputs);
    return ({ examples, second, moment }, w) => {
      w.fill(0);
      residuals[0]!.set(moment);
      p.set(moment);
      squares[0] = dot(moment, moment);
      let trace = lambda;
      for (let j = 0; j < inputs; j++) trace += second[j * inputs + j]!;
      // No more directions than examples: what comes after them is rounding.
      const last = Math.min(most, examples);
      for (let s = 0; s < last; s++) {
        const square = squares[s]!;
        if (square <= DONE * DONE * squares[0]!) return;
        times(second, p, product);
        if (lambda > 0) for (let j = 0; j < inputs; j++) product[j] = product[j]! + lambda * p[j]!;
        const curvature = dot(p, product);
        if (curvature <= FLAT * trace * dot(p, p)) return;
        const step = square / curvature;
        for (let j = 0; j < inputs; j++) w[j] = w[j]! + step * p[j]!;
        if (s === last - 1) return;
        const residual = residuals[s + 1]!;
        for (let j = 0; j < inputs; j++) residual[j] = residuals[s]![j]! - step * product[j]!;
        for (let earlier = s; earlier >= 0; earlier--) {
          const other = residuals[earlier]!;
          const share = dot(residual, other) / squares[earlier]!;
          for (let j = 0; j < inputs; j++) residual[j] = residual[j]! - share * other[j]!;
        }
        squares[s + 1] = dot(residual, residual);
        const keep = squares[s + 1]! / square;
        for (let j = 0; j < inputs; j++) p[j] = residual[j]! + keep * p[j]!;
      }
    };
  });
}
