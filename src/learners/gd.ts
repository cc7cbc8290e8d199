import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Episodes, Learner } from '../core/episodes.js';
import { invalid, missing } from '../core/errors.js';
import { textbook } from './textbook.js';
import { dot } from './triangle.js';

export interface GdOptions {
  /** Number of steps over all examples. Default 1. */
  readonly steps?: number;
  /** α of the update below, or the best for each prefix's inputs. Default: see `gd`. */
  readonly rate?: number | 'optimal';
  /** λ of the update below. Default 0; needs a rate. */
  readonly lambda?: number;
}

/**
 * Gradient descent on all examples from w = 0: w ← w − 2α(XᵀXw − XᵀY + λw) (Akyürek et al., arXiv 2211.15661, §4.3).
 *
 * Without a rate, one step takes 2α = 1/(n + d + 1) for n examples of d inputs (inputs that are 0 in every example and
 * in the query do not count): the least expected error for x ~ N(0, I) without noise. Several steps take
 * 2α = 1/‖XᵀX‖ (Frobenius), which is never above 1/largest eigenvalue, so that every step goes towards least squares.
 *
 * The optimal rate is, for each prefix and this number of steps, the one that leaves the least error
 * E|w_k − w|² = τ² tr (I − 2αXᵀX)^{2k} for w ~ N(0, τ²I) without noise, given the inputs.
 * @throws IcicleError where steps is not a whole number from 1, the rate not greater than 0, λ below 0 or
 * without a rate.
 */
export function gd(options: GdOptions = {}): Learner {
  const { steps = 1, rate, lambda = 0 } = options;
  if (!Number.isInteger(steps) || steps < 1)
    throw invalid('number of gradient steps', steps, 'it must be a whole number from 1');
  if (rate !== undefined && rate !== 'optimal' && !(rate > 0 && rate < Number.POSITIVE_INFINITY))
    throw invalid('gradient rate', rate, 'it must be a number greater than 0, such as 0.01');
  if (!(lambda >= 0 && lambda < Number.POSITIVE_INFINITY))
    throw invalid('gradient λ', lambda, 'it must be a number from 0');
  if (lambda > 0 && typeof rate !== 'number')
    throw missing(
      'gradient rate',
      `the rate that is ${rate === undefined ? 'used by default' : 'optimal'} knows no λ; use gd:1:0.01:0.1 (steps, rate, λ)`,
    );
  const name = ['gd', steps, ...(rate === undefined ? [] : [rate]), ...(lambda === 0 ? [] : [lambda])].join(
    ':',
  );
  return textbook(name, (episodes) => predictGd(episodes, steps, rate, lambda));
}

function predictGd(
  episodes: Episodes,
  steps: number,
  rate: number | 'optimal' | undefined,
  lambda: number,
): Float64Array {
  const { x, y, points, inputs: d } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const second = new Float64Array(d * d); // XᵀX
  const moment = new Float64Array(d); // XᵀY
  const active = new Uint8Array(d);
  const w = new Float64Array(d);
  const gradient = new Float64Array(d);
  for (let e = 0; e < episodes.episodes; e++) {
    second.fill(0);
    moment.fill(0);
    active.fill(0);
    for (let k = 0; k < points; k++) {
      const at = (e * points + k) * d;
      let dimensions = 0;
      for (let j = 0; j < d; j++) {
        if (x[at + j] !== 0) active[j] = 1;
        dimensions += active[j]!;
      }
      const step =
        rate === undefined
          ? defaultStep(k, dimensions, steps, second)
          : rate === 'optimal'
            ? optimalStep(second, d, steps)
            : 2 * rate;
      for (let j = 0; j < d; j++) w[j] = step * moment[j]!;
      for (let s = 1; s < steps; s++) {
        for (let i = 0; i < d; i++) {
          let sum = lambda * w[i]! - moment[i]!;
          for (let j = 0; j < d; j++) sum += second[i * d + j]! * w[j]!;
          gradient[i] = sum;
        }
        for (let j = 0; j < d; j++) w[j] = w[j]! - step * gradient[j]!;
      }
      const label = y[e * points + k]!;
      let prediction = 0;
      for (let i = 0; i < d; i++) {
        const xi = x[at + i]!;
        prediction += xi * w[i]!;
        moment[i] = moment[i]! + xi * label;
        if (steps === 1 && rate !== 'optimal') continue;
        for (let j = 0; j < d; j++) second[i * d + j] = second[i * d + j]! + xi * x[at + j]!;
      }
      values[e * points + k] = prediction;
    }
  }
  return values;
}

/** 2α where no rate was given. */
function defaultStep(examples: number, dimensions: number, steps: number, second: Float64Array): number {
  if (steps === 1) return 1 / (examples + dimensions + 1);
  let square = 0;
  for (const entry of second) square += entry * entry;
  return square === 0 ? 0 : 1 / Math.sqrt(square);
}

/** The c of least Σ (1 − cλ)^{2k} over the eigenvalues λ of XᵀX, by bisecting the slope of that convex function. */
function optimalStep(second: Float64Array, d: number, steps: number): number {
  if (steps === 1) {
    let trace = 0;
    for (let j = 0; j < d; j++) trace += second[j * d + j]!;
    return trace === 0 ? 0 : trace / dot(second, second);
  }
  const rows = Array.from({ length: d }, (_, i) => Array.from(second.subarray(i * d, (i + 1) * d)));
  const values = new EigenvalueDecomposition(new Matrix(rows), { assumeSymmetric: true }).realEigenvalues;
  const largest = Math.max(...values);
  if (!(largest > 0)) return 0;
  const slope = (c: number) => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum -= values[j]! * power(1 - c * values[j]!, 2 * steps - 1);
    return sum;
  };
  // Below 1/largest every direction gains; from twice the inverse of the smallest that counts on, every one loses.
  let low = 1 / largest;
  let high = 2 * low;
  while (slope(high) < 0) high *= 2;
  for (let round = 0; round < 60 && high - low > 1e-13 * high; round++) {
    const middle = (low + high) / 2;
    if (slope(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** base^exponent for a whole exponent, by squaring: much faster than the general power. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
