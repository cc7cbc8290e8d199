import type { Episodes, Learner } from '../core/episodes.js';
import { invalid } from '../core/errors.js';
import { coefficients, designRow } from './rows.js';
import { textbook } from './textbook.js';
import { backward, dot, restart, rotateIn, triangle } from './triangle.js';

export interface RidgeOptions {
  /** Penalty λ of |Xw − Y|² + λ|w|². Greater than 0; `ols` is the limit. */
  readonly lambda: number;
  /** Also fit a constant, without penalty. Default false. */
  readonly intercept?: boolean;
}

/**
 * Ridge regression, w = (XᵀX + λI)⁻¹ XᵀY, for every prefix, O(D²) an example. With λ = σ²/τ² it is the posterior mean
 * of w ~ N(0, τ²I) under label noise σ (Akyürek et al., arXiv 2211.15661, §4.3).
 * @throws IcicleError where λ is not a finite number greater than 0.
 */
export function ridge(options: RidgeOptions): Learner {
  const { lambda, intercept = false } = options;
  checkLambda(lambda);
  const name = `ridge:${lambda}${intercept ? ':intercept' : ''}`;
  return textbook(name, (episodes) => predictRidge(episodes, lambda, intercept));
}

/** @throws IcicleError where λ is not a finite number greater than 0. */
export function checkLambda(lambda: number): void {
  if (!(lambda > 0 && lambda < Number.POSITIVE_INFINITY))
    throw invalid('ridge λ', lambda, 'it must be a number greater than 0; for λ = 0 use ols');
}

/** The penalty of each coefficient, [size]: λ, and 0 for the intercept. */
export function penalties(size: number, lambda: number, intercept: boolean): Float64Array {
  const precision = new Float64Array(size).fill(lambda);
  if (intercept) precision[0] = 0;
  return precision;
}

function predictRidge(episodes: Episodes, lambda: number, intercept: boolean): Float64Array {
  const { y, points } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const size = coefficients(episodes, intercept);
  const precision = penalties(size, lambda, intercept);
  const t = triangle(size);
  const row = new Float64Array(size);
  const w = new Float64Array(size);
  for (let e = 0; e < episodes.episodes; e++) {
    restart(t, precision);
    for (let k = 0; k < points; k++) {
      designRow(episodes, e, k, intercept, row);
      if (k > 0) {
        backward(t, t.z, w);
        values[e * points + k] = dot(row, w);
      }
      if (k < points - 1) rotateIn(t, row, y[e * points + k]!);
    }
  }
  return values;
}
