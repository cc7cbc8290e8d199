import type { Episodes, Learner } from '../core/episodes.js';
import { textbook } from './textbook.js';
import { dot } from './triangle.js';

/** All that linear learners without memory of single examples know of the examples so far: sums that grow by one term. */
export interface Moments {
  /** D */
  readonly inputs: number;
  /** n, the number of examples. */
  examples: number;
  /** S = XᵀX, [D,D]. */
  readonly second: Float64Array;
  /** m = XᵀY, [D]. */
  readonly moment: Float64Array;
}

/**
 * Writes the weights that follow from the moments of at least one example. `w` comes with the weights of the prefix
 * before, zeros at the first, for learners that search from there.
 */
export type Solve = (moments: Moments, w: Float64Array) => void;

/** A linear learner, prediction x · w, whose weights follow from the moments. `make` lays out its work area for D inputs. */
export function momentLearner(name: string, make: (inputs: number) => Solve): Learner {
  return textbook(name, (episodes) => predictByMoments(episodes, make(episodes.inputs)));
}

function predictByMoments(episodes: Episodes, solve: Solve): Float64Array {
  const { x, y, points, inputs } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const second = new Float64Array(inputs * inputs);
  const moment = new Float64Array(inputs);
  const moments: Moments = { inputs, examples: 0, second, moment };
  const w = new Float64Array(inputs);
  for (let e = 0; e < episodes.episodes; e++) {
    second.fill(0);
    moment.fill(0);
    w.fill(0);
    for (let k = 0; k < points; k++) {
      const at = (e * points + k) * inputs;
      moments.examples = k;
      if (k > 0) {
        solve(moments, w);
        let prediction = 0;
        for (let j = 0; j < inputs; j++) prediction += x[at + j]! * w[j]!;
        values[e * points + k] = prediction;
      }
      const label = y[e * points + k]!;
      for (let i = 0; i < inputs; i++) {
        const xi = x[at + i]!;
        moment[i] = moment[i]! + xi * label;
        for (let j = 0; j < inputs; j++) second[i * inputs + j] = second[i * inputs + j]! + xi * x[at + j]!;
      }
    }
  }
  return values;
}

/** out = A v for A [D,D]. `out` must be another array than `v`. */
export function times(a: Float64Array, v: Float64Array, out: Float64Array): void {
  const size = v.length;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += a[i * size + j]! * v[j]!;
    out[i] = sum;
  }
}

/** out = A B for symmetric A and B [D,D] whose product is symmetric too, as with polynomials of one matrix. */
export function symmetricProduct(a: Float64Array, b: Float64Array, size: number, out: Float64Array): void {
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i * size + k]! * b[j * size + k]!;
      out[i * size + j] = sum;
      out[j * size + i] = sum;
    }
}

/** ‖A‖ of Frobenius: at least the largest eigenvalue, and for a matrix of rank one equal to it. */
export function frobenius(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
