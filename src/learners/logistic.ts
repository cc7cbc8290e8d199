import type { Episodes, Learner } from '../core/episodes.js';
import { missing, unsupported } from '../core/errors.js';
import { checkPositive, checkSteps } from './checks.js';
import { textbook } from './textbook.js';
import { backward, dot, forward, restart, rotateIn, triangle } from './triangle.js';

export interface LogisticOptions {
  /** λ of Σ log(1 + exp(−y wᵀx)) + (λ/2)|w|². Greater than 0, since examples that a plane divides have no optimum
   * without it. Default 1, the prior w ~ N(0, I). */
  readonly lambda?: number;
  /** Steps of gradient descent from w = 0, all that are taken. Default: to the optimum, by Newton's method. Needs a rate. */
  readonly steps?: number;
  /** Of a gradient step. Needs steps. */
  readonly rate?: number;
}

/**
 * Newton's steps end after one that gains less than this, twice over: it moved by about its root, 3e-6, and what is left
 * is about the square of that.
 */
const DECREMENT = 1e-11;
/** The most Newton steps of a prefix, and halvings of a step. */
const STEPS = 100;

/**
 * Logistic regression on labels −1 and 1: w of least Σ log(1 + exp(−y wᵀx)) + (λ/2)|w|², the most probable w under the
 * prior N(0, I/λ). Predicts the mean label, P(1) − P(−1) = tanh(wᵀx/2). Newton's method from the weights of the prefix
 * before (Hastie et al., The Elements of Statistical Learning, §4.4.1), steps halved where one would not descend; the
 * Hessian is kept as a triangle of the weighted examples.
 * @throws IcicleError where λ or the rate is not greater than 0, steps not a whole number from 1, or one of steps and rate is
 * given without the other; while predicting, where an example's label is neither −1 nor 1.
 */
export function logistic(options: LogisticOptions = {}): Learner {
  const { lambda = 1, steps, rate } = options;
  checkPositive('logistic λ', lambda, '1');
  if (steps !== undefined) checkSteps('number of logistic gradient steps', steps);
  if (rate !== undefined) checkPositive('logistic rate', rate, '0.1');
  if (steps !== undefined || rate !== undefined) {
    if (steps === undefined || rate === undefined)
      throw missing(
        steps === undefined ? 'number of logistic gradient steps' : 'logistic rate',
        'give both or neither, such as logistic:1:16:0.1 (λ, steps, rate)',
      );
    return textbook(`logistic:${lambda}:${steps}:${rate}`, (episodes) =>
      predictDescended(episodes, { lambda, steps, rate }),
    );
  }
  return textbook(`logistic:${lambda}`, (episodes) => predictLogistic(episodes, lambda));
}

function predictLogistic(episodes: Episodes, lambda: number) {
  const { x, y, points, inputs } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const precision = new Float64Array(inputs).fill(lambda);
  const t = triangle(inputs);
  const w = new Float64Array(inputs);
  const tried = new Float64Array(inputs);
  const slope = new Float64Array(inputs);
  const row = new Float64Array(inputs);

  const score = (at: number, weights: Float64Array): number => {
    let sum = 0;
    for (let j = 0; j < inputs; j++) sum += x[at * inputs + j]! * weights[j]!;
    return sum;
  };
  const objective = (first: number, n: number, weights: Float64Array): number => {
    let sum = (lambda / 2) * dot(weights, weights);
    for (let i = first; i < first + n; i++) {
      const margin = y[i]! * score(i, weights);
      // log(1 + exp(−margin)) without overflow.
      sum += Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
    }
    return sum;
  };

  /** One Newton step on points first … first + n − 1; returns whether there is more to gain. */
  const improve = (first: number, n: number): boolean => {
    restart(t, precision);
    for (let j = 0; j < inputs; j++) slope[j] = -lambda * w[j]!;
    for (let i = first; i < first + n; i++) {
      const label = y[i]!;
      const wrong = 1 / (1 + Math.exp(label * score(i, w))); // probability of the other label
      const weight = Math.sqrt(wrong * (1 - wrong));
      for (let j = 0; j < inputs; j++) {
        const xj = x[i * inputs + j]!;
        slope[j] = slope[j]! + label * wrong * xj;
        row[j] = weight * xj;
      }
      rotateIn(t, row, 0);
    }
    const gain = forward(t, slope, row); // slopeᵀ Hessian⁻¹ slope
    backward(t, row, row);
    // Far from rounding, a step has to descend; near the optimum Newton's steps always do.
    let share = 1;
    if (gain > 1e-6) {
      const before = objective(first, n, w);
      for (let halvings = 0; halvings < STEPS; halvings++) {
        for (let j = 0; j < inputs; j++) tried[j] = w[j]! + share * row[j]!;
        if (objective(first, n, tried) < before) break;
        share /= 2;
      }
    }
    for (let j = 0; j < inputs; j++) w[j] = w[j]! + share * row[j]!;
    return gain > DECREMENT;
  };

  for (let e = 0; e < episodes.episodes; e++) {
    w.fill(0);
    for (let k = 1; k < points; k++) {
      const at = e * points + k;
      const label = y[at - 1]!;
      checkLabel(label);
      for (let step = 0; step < STEPS && improve(e * points, k); step++);
      values[at] = Math.tanh(score(at, w) / 2);
    }
  }
  return { values, classes: true };
}

function checkLabel(label: number): void {
  if (label !== 1 && label !== -1)
    throw unsupported(
      'label',
      label,
      'logistic regression takes labels −1 and 1; use a family of classes, or ridge for numbers',
    );
}

/** For each prefix steps w ← w + rate (Σ y σ(−y wᵀx) x − λw) from w = 0. */
function predictDescended(
  { x, y, points, inputs, episodes }: Episodes,
  { lambda, steps, rate }: Required<LogisticOptions>,
) {
  const values = new Float64Array(episodes * points);
  const w = new Float64Array(inputs);
  const slope = new Float64Array(inputs);
  const input = (at: number) => x.subarray(at * inputs, (at + 1) * inputs);
  for (let at = 0; at < values.length; at++) {
    const first = at - (at % points);
    w.fill(0);
    if (at > first) checkLabel(y[at - 1]!);
    for (let step = 0; step < steps; step++) {
      for (let j = 0; j < inputs; j++) slope[j] = -lambda * w[j]!;
      for (let i = first; i < at; i++) {
        const share = y[i]! / (1 + Math.exp(y[i]! * dot(input(i), w)));
        for (let j = 0; j < inputs; j++) slope[j] = slope[j]! + share * input(i)[j]!;
      }
      for (let j = 0; j < inputs; j++) w[j] = w[j]! + rate * slope[j]!;
    }
    values[at] = Math.tanh(dot(input(at), w) / 2);
  }
  return { values, classes: true };
}
