import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { Episodes } from '../core/episodes.js';
import { SAME_FORMULA } from '../testing/tolerances.js';
import { normalEpisodes } from './episodes.test.helper.js';
import { bayes, bestOfPool, dmmse, linearPool, logistic, parseLearner } from './index.js';

const episodes = normalEpisodes(3, 4, 7, 3);
const { x, y, points, inputs } = episodes;
const prefixes = Array.from({ length: episodes.episodes * points }, (_, at) => ({
  at,
  e: Math.floor(at / points),
  k: at % points,
}));

/** Mean, variance and log density of all labels before a query, from the labels' joint covariance τ²XXᵀ + σ²I. */
function direct(of: Episodes, e: number, k: number, sigma: number, tau: number) {
  const rows = Array.from({ length: k + 1 }, (_, i) => {
    const from = (e * of.points + i) * of.inputs;
    return Array.from(of.x.subarray(from, from + of.inputs));
  });
  const covariance = (a: number, b: number) =>
    tau ** 2 * rows[a]!.reduce((sum, value, j) => sum + value * rows[b]![j]!, 0) + (a === b ? sigma ** 2 : 0);
  if (k === 0) return { mean: 0, variance: covariance(0, 0), evidence: 0 };
  const all = Array.from({ length: k }, (_, a) => Array.from({ length: k }, (_, b) => covariance(a, b)));
  const labels = Matrix.columnVector(Array.from(of.y.subarray(e * of.points, e * of.points + k)));
  const cross = Matrix.rowVector(Array.from({ length: k }, (_, a) => covariance(a, k)));
  const precision = inverse(new Matrix(all));
  const logDeterminant = choleskyLog(all);
  return {
    mean: cross.mmul(precision).mmul(labels).get(0, 0),
    variance: covariance(k, k) - cross.mmul(precision).mmul(cross.transpose()).get(0, 0),
    evidence: -0.5 * (logDeterminant + labels.transpose().mmul(precision).mmul(labels).get(0, 0)),
  };
}

/** log det of a positive definite matrix, by elimination. */
function choleskyLog(matrix: readonly (readonly number[])[]): number {
  const a = matrix.map((row) => [...row]);
  let log = 0;
  for (let i = 0; i < a.length; i++) {
    log += Math.log(a[i]![i]!);
    for (let r = i + 1; r < a.length; r++) {
      const factor = a[r]![i]! / a[i]![i]!;
      for (let c = i; c < a.length; c++) a[r]![c] = a[r]![c]! - factor * a[i]![c]!;
    }
  }
  return log;
}

const near = (actual: number, expected: number) =>
  expect(Math.abs(actual - expected)).toBeLessThan(SAME_FORMULA * Math.max(1, Math.abs(expected)));

describe('the variance of the label', () => {
  test.each([
    [0.5, 1],
    [0.2, 3],
  ])('of Bayesian regression is that of the joint distribution, σ = %d, τ = %d', async (sigma, tau) => {
    const { values, variance } = await bayes({ sigma, tau }).predict(episodes);
    for (const { at, e, k } of prefixes) {
      const expected = direct(episodes, e, k, sigma, tau);
      near(values[at]!, expected.mean);
      near(variance![at]!, expected.variance);
    }
  });

  test('without noise is what the examples leave open, and none from d examples on', async () => {
    const { variance } = await bayes({ sigma: 0, tau: 2 }).predict(episodes);
    for (const { at, e, k } of prefixes) {
      if (k >= inputs) expect(variance![at]).toBe(0);
      else near(variance![at]!, direct(episodes, e, k, 0, 2).variance);
    }
  });

  test('under a prior over σ is that of the mixture', async () => {
    const levels = [
      { sigma: 0.3, weight: 1 },
      { sigma: 1, weight: 3 },
    ];
    const { variance } = await bayes({ sigma: levels }).predict(episodes);
    for (const { at, e, k } of prefixes) {
      const parts = levels.map(({ sigma, weight }) => {
        const { mean, variance, evidence } = direct(episodes, e, k, sigma, 1);
        return { share: weight * Math.exp(evidence), mean, square: variance + mean ** 2 };
      });
      const total = parts.reduce((sum, { share }) => sum + share, 0);
      const moment = (of: (part: (typeof parts)[0]) => number) =>
        parts.reduce((sum, part) => sum + part.share * of(part), 0) / total;
      near(variance![at]!, moment(({ square }) => square) - moment(({ mean }) => mean) ** 2);
    }
  });

  test('of dMMSE is that of the tasks and the noise', async () => {
    const sigma = 0.8;
    const tasks = linearPool(Float64Array.of(1, 0, 0, 0, 1, 0, -1, 2, 0.5), 3);
    const { variance } = await dmmse({ pool: tasks, sigma }).predict(episodes);
    for (const { at, e, k } of prefixes) {
      const parts = tasks.map((task) => {
        let squares = 0;
        for (let i = e * points; i < e * points + k; i++) squares += (y[i]! - task.at(x, i * inputs)) ** 2;
        return { share: Math.exp(-squares / (2 * sigma ** 2)), answer: task.at(x, at * inputs) };
      });
      const total = parts.reduce((sum, { share }) => sum + share, 0);
      const mean = parts.reduce((sum, { share, answer }) => sum + share * answer, 0) / total;
      const between = parts.reduce((sum, { share, answer }) => sum + share * (answer - mean) ** 2, 0) / total;
      near(variance![at]!, sigma ** 2 + between);
    }
  });
});

test('learners without a distribution give none; logistic regression gives probabilities', async () => {
  const pool = linearPool(Float64Array.of(1, 0, 0), 3);
  for (const learner of [parseLearner('ols'), parseLearner('ridge:0.25'), bestOfPool({ pool })])
    expect(Object.keys(await learner.predict(episodes)).sort()).toEqual(['episodes', 'points', 'values']);
  const { classes, variance } = await logistic().predict({ ...episodes, y: y.map(Math.sign) });
  expect([classes, variance]).toEqual([true, undefined]);
});
