import { describe, expect, test } from 'vitest';
import type { Learner } from '../core/episodes.js';
import { random } from '../core/random.js';
import { episode, normalEpisodes, weightsOf } from './episodes.test.helper.js';
import { averaging, cg, gd, gdpp, lasso, momentum, newton, ols, ridge, sgd } from './index.js';

/** Double precision with the condition numbers of a few examples. */
const TOLERANCE = 1e-8;

const predict = async (learner: Learner, episodes = normalEpisodes(6, 3, 12, 4)) =>
  (await learner.predict(episodes)).values;

async function same(one: Learner, other: Learner, tolerance = TOLERANCE, from = 0) {
  const [a, b] = [await predict(one), await predict(other)];
  a.forEach((value, at) => {
    if (at % 12 >= from)
      expect(Math.abs(value - b[at]!)).toBeLessThan(tolerance * Math.max(1, Math.abs(value)));
  });
}

const rows = [
  [1, 0, 2],
  [0, 1, 1],
  [1, 1, 0],
  [2, 0, 1],
];
const labels = [1, 2, 3, 4];

const diagonal = [
  [2, 0],
  [0, 1],
];

describe('where each learner leads', () => {
  test.each([
    ['gradient steps', gd({ steps: 2000 })],
    ['gradient steps at the best rate', gd({ steps: 400, rate: 'optimal' })],
    ['steps with momentum', momentum({ steps: 400 })],
    ['GD++ steps', gdpp({ steps: 40 })],
    ['Newton iterations', newton({ steps: 20 })],
    ['as many conjugate gradient steps as inputs', cg({ steps: 3 })],
  ])('%s arrive at least squares', async (_, learner) => {
    const expected = await weightsOf(ols(), rows, labels);
    const found = await weightsOf(learner, rows, labels);
    found.forEach((w, j) => {
      expect(w).toBeCloseTo(expected[j]!, 8);
    });
  });
  test.each([
    ['Newton iterations', newton({ steps: 30 })],
    ['conjugate gradient', cg({ steps: 9 })],
    ['GD++', gdpp({ steps: 60 })],
  ])('%s: of minimum norm where examples are few or collinear', async (_, learner) => {
    const collinear = [
      [1, 2, 0, 1],
      [2, 4, 0, 2],
      [0, 1, 1, 0],
      [1, 3, 1, 1],
    ];
    for (const n of [1, 2, 3, 4]) {
      const expected = await weightsOf(ols(), collinear.slice(0, n), labels.slice(0, n));
      const found = await weightsOf(learner, collinear.slice(0, n), labels.slice(0, n));
      found.forEach((w, j) => {
        expect(w).toBeCloseTo(expected[j]!, 5);
      });
    }
  });
  test('conjugate gradient with a penalty arrives at ridge', () =>
    same(cg({ steps: 4, lambda: 0.3 }), ridge({ lambda: 0.3 })));
  test('a tiny lasso penalty is least squares once that is unique, a huge one predicts 0', async () => {
    await same(lasso({ alpha: 1e-12 }), ols(), 1e-6, 5);
    expect(await predict(lasso({ alpha: 1e6 }))).toEqual(new Float64Array(36));
  });
});

describe('what learners have in common', () => {
  test('momentum 0 is gradient descent', () =>
    same(momentum({ steps: 5, momentum: 0 }), gd({ steps: 5 }), 1e-12));
  test('GD++ with γ = 0 is gradient descent', () =>
    same(gdpp({ steps: 5, rate: 0.01, gamma: 0 }), gd({ steps: 5, rate: 0.01 }), 1e-12));
  test('one step of conjugate gradient goes as far as is best along the gradient', async () => {
    const m = [12, 5, 8]; // XᵀY
    const w = await weightsOf(cg({ steps: 1 }), rows, labels);
    const images = rows.map((row) => row.reduce((sum, x, j) => sum + x * m[j]!, 0));
    const step = m.reduce((sum, v) => sum + v * v, 0) / images.reduce((sum, v) => sum + v * v, 0);
    w.forEach((value, j) => {
      expect(value).toBeCloseTo(step * m[j]!, 10);
    });
  });
  test('k Newton iterations leave the 2^k-th power of the first error', async () => {
    // S = diag(4, 1), S² = diag(16, 1), w = (1, 1).
    const w = await weightsOf(newton({ steps: 2 }), diagonal, [2, 1]);
    const alpha = 1 / Math.sqrt(16 ** 2 + 1);
    expect(w[0]).toBeCloseTo(1 - (1 - 16 * alpha) ** 4, 12);
    expect(w[1]).toBeCloseTo(1 - (1 - alpha) ** 4, 12);
  });
  test('the optimal rate leaves less error than its neighbours', async () => {
    // S = diag(4, 1); the error of three steps is Σ (1 − cλ)⁶ for equal weights.
    const w = await weightsOf(gd({ steps: 3, rate: 'optimal' }), diagonal, [2, 1]);
    const left = (c: number) => (1 - 4 * c) ** 6 + (1 - c) ** 6;
    const got = w.reduce((sum, value) => sum + (1 - value) ** 2, 0);
    for (let c = 0.01; c < 1; c += 0.001) expect(got).toBeLessThan(left(c) + 1e-12);
  });
});

describe('lasso satisfies the conditions of optimality', () => {
  test.each([0.001, 0.01, 0.1, 1])('α = %d', async (alpha) => {
    const d = 6;
    const { x, y } = normalEpisodes(3, 1, 20, d);
    for (const n of [1, 3, 5, 6, 7, 12, 20]) {
      const inputs = Array.from({ length: n }, (_, i) => Array.from(x.subarray(i * d, (i + 1) * d)));
      const w = await weightsOf(lasso({ alpha }), inputs, Array.from(y.subarray(0, n)));
      const residuals = inputs.map((row, i) => y[i]! - row.reduce((sum, v, j) => sum + v * w[j]!, 0));
      for (let j = 0; j < d; j++) {
        const slope = inputs.reduce((sum, row, i) => sum + row[j]! * residuals[i]!, 0) / n;
        if (w[j] === 0) expect(Math.abs(slope)).toBeLessThan(alpha * (1 + 1e-9) + 1e-12);
        else expect(Math.abs(slope - Math.sign(w[j]!) * alpha)).toBeLessThan(1e-9);
      }
    }
  });
});

// Expected squared error ÷ d for x, w ~ N(0, I) without noise.
describe('closed forms', () => {
  const d = 8;
  const sgdExact = (c: number) => (n: number) => (1 - 2 * c + c * c * (d + 2)) ** n;
  test.each([
    ['averaging', averaging(), (n: number) => (d + 1) / n],
    ['sgd:0.01', sgd({ rate: 0.01 }), sgdExact(0.02)],
    ['sgd:0.03', sgd({ rate: 0.03 }), sgdExact(0.06)],
    ['sgd', sgd(), sgdExact(1 / (d + 2))],
  ] as const)('%s is within 4 standard errors', async (_, learner, expected) => {
    const episodes = 3000;
    const batch = normalEpisodes(5, episodes, 21, d, 0);
    const { values } = await learner.predict(batch);
    for (const n of [1, 4, 8, 20]) {
      const errors = Array.from(
        { length: episodes },
        (_, e) => (values[e * 21 + n]! - batch.y[e * 21 + n]!) ** 2 / d,
      );
      expectMean(errors, expected(n));
    }
    expect(sgdExact(0.02)(8)).toBeCloseTo(0.7458, 4);
    expect(sgdExact(0.06)(8)).toBeCloseTo(0.4956, 4);
  });
  test('one gradient step in the setting of von Oswald et al.: loss 0.206', async () => {
    // x ~ U(−½, ½)^10, 10 examples, w ~ N(0, I), half the squared error; the best η is 6.0606, η/N = 2α.
    const [inputs, n, s] = [10, 10, 1 / 12];
    const q = (1 / n) * (inputs / 80 + (inputs * (inputs - 1)) / 144) + (1 - 1 / n) * inputs * s * s;
    const best = 0.5 * s * (inputs - (inputs * s) ** 2 / q);
    expect(best).toBeCloseTo(0.20623, 5);
    const stream = random(7, 'uniform inputs');
    const episodes = 6000;
    const x = Float64Array.from({ length: episodes * (n + 1) * inputs }, () => stream.uniform() - 0.5);
    const y = new Float64Array(episodes * (n + 1));
    for (let e = 0; e < episodes; e++) {
      const w = Array.from({ length: inputs }, stream.normal);
      for (let at = e * (n + 1); at < (e + 1) * (n + 1); at++)
        y[at] = w.reduce((sum, wj, j) => sum + wj * x[at * inputs + j]!, 0);
    }
    const batch = { x, y, episodes, points: n + 1, inputs, family: 'test', seed: 7 };
    const { values } = await gd({ rate: 6.0606 / n / 2 }).predict(batch);
    expectMean(
      Array.from({ length: episodes }, (_, e) => {
        const at = e * (n + 1) + n;
        return 0.5 * (values[at]! - y[at]!) ** 2;
      }),
      best,
    );
  });
});

function expectMean(values: readonly number[], expected: number) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1);
  expect(Math.abs(mean - expected)).toBeLessThan(4 * Math.sqrt(variance / values.length));
}

test('the first answer of SGD is 0, the second that of one step', async () => {
  expect([...(await sgd().predict(episode([[1], [1]], [1, 1]))).values]).toEqual([0, 1 / 3]);
});
