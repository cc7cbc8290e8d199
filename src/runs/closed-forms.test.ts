import { expect, test } from 'vitest';
import { random } from '../core/random.js';
import { parseLearner } from '../learners/index.js';
import { excessErrors, overExamples } from '../measure/index.js';
import { linear } from '../tasks/index.js';

const d = 8;
/** So many that the mean of squared errors, whose tails are long, is nearly normal. */
const episodes = 32_768;
const points = 21;

/** Expected squared error ÷ d for x, w ~ N(0, I), by number of examples n, in closed form. */
const olsExact = (n: number) => Math.max(0, 1 - n / d);
const olsNoisy = (sigma: number) => (n: number) =>
  n >= d + 2 ? sigma ** 2 / (n - d - 1) : 1 - n / d + ((sigma ** 2 / d) * n) / (d - n - 1);
const oneStep = (c: number) => (n: number) => 1 - 2 * c * n + c * c * n * (n + d + 1);

/**
 * Wishart moments. Noisy least squares is asked only where the error itself has a variance (|n − d| > 3), since a
 * standard error means nothing elsewhere.
 */
test.each([
  ['ols', 0, olsExact, [0, 1, 3, 5, 7, 8, 12]],
  ['ols', 0.5, olsNoisy(0.5), [1, 2, 3, 4, 12, 16, 20]],
  ['gd:1', 0, (n: number) => 1 - n / (n + d + 1), [1, 4, 8, 20]],
  ['gd:1:0.01', 0, oneStep(0.02), [1, 4, 8, 20]],
  ['gd:1:0.02', 0, oneStep(0.04), [1, 4, 8, 20]],
] as const)(
  '%s at σ = %d is within 3 standard errors of its expected error',
  async (name, sigma, expected, ns) => {
    const family = linear({ inputs: d, noise: sigma });
    const batch = family.sample({ episodes, points, seed: 5, stream: random(5, 'closed forms') });
    const errors = excessErrors(batch, await parseLearner(name).predict(batch));
    for (const n of ns) {
      const { values } = overExamples(errors, n, n);
      const mean = values.reduce((a, b) => a + b, 0) / episodes;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (episodes - 1);
      const standardError = Math.sqrt(variance / episodes);
      expect(Math.abs(mean - d * expected(n)), `${n} examples`).toBeLessThan(3 * standardError + 1e-12);
    }
  },
  180_000,
);

test('the numbers that are printed for them', () => {
  expect(oneStep(0.02)(8)).toBeCloseTo(0.7344, 4);
  expect(oneStep(0.04)(8)).toBeCloseTo(0.5776, 4);
  expect(1 - 8 / 17).toBeCloseTo(0.529, 3);
  expect([4, 5, 12, 16].map(olsNoisy(0.5)).map((v) => Number(v.toPrecision(4)))).toEqual([
    0.5417, 0.4531, 0.08333, 0.03571,
  ]);
});
