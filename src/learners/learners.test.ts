import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { Learner } from '../core/episodes.js';
import { directOls, directRidge, leaveOneOut, prefix, withConstant } from './direct.test.helper.js';
import { episode, last, normalEpisodes } from './episodes.test.helper.js';
import { bayes, gd, knn, LOO_GRID, mean, ols, ridge, ridgeLoo } from './index.js';

/** Double precision with the condition numbers of a few dozen normal examples (at most about 1e4). */
const TOLERANCE = 1e-8;

function close(actual: number, expected: number, scale = 1) {
  expect(Math.abs(actual - expected)).toBeLessThan(TOLERANCE * Math.max(scale, Math.abs(expected)));
}

describe('every prefix against the direct formula', () => {
  for (const [d, points] of [
    [1, 6],
    [3, 10],
    [8, 21],
    [20, 30],
  ] as const) {
    const episodes = normalEpisodes(d, 6, points, d);
    const check = async (learner: Learner, direct: (p: ReturnType<typeof prefix>) => number) => {
      const { values } = await learner.predict(episodes);
      for (let e = 0; e < episodes.episodes; e++) {
        expect(values[e * points]).toBe(0);
        for (let k = 1; k < points; k++) close(values[e * points + k]!, direct(prefix(episodes, e, k)));
      }
    };
    test(`least squares, d = ${d}`, () => check(ols(), directOls));
    test(`least squares with a constant, d = ${d}`, () =>
      check(ols({ intercept: true }), (p) => withConstant(p, (c) => (p.x.rows === 1 ? 0 : directOls(c)))));
    for (const lambda of [0.01, 0.1, 3])
      test(`ridge, λ = ${lambda}, d = ${d}`, () => check(ridge({ lambda }), (p) => directRidge(p, lambda)));
    test(`ridge with a constant, d = ${d}`, () =>
      check(ridge({ lambda: 0.1, intercept: true }), (p) => withConstant(p, (c) => directRidge(c, 0.1))));
    test(`gradient descent, d = ${d}`, () =>
      check(gd({ steps: 3, rate: 0.01, lambda: 0.5 }), ({ x, y, query }) => {
        let w = Matrix.zeros(d, 1);
        for (let s = 0; s < 3; s++) {
          const gradient = x.transpose().mmul(x.mmul(w).sub(y)).add(w.clone().mul(0.5));
          w = w.clone().sub(gradient.mul(0.02));
        }
        return query.mmul(w).get(0, 0);
      }));
  }

  for (const intercept of [false, true])
    test(`ridge with λ by leave-one-out${intercept ? ' and a constant' : ''}: refitting gives the same choice`, async () => {
      const points = 9;
      const episodes = normalEpisodes(11, 4, points, 4, 1);
      const { values } = await ridgeLoo({ intercept }).predict(episodes);
      for (let e = 0; e < episodes.episodes; e++)
        for (let k = intercept ? 3 : 2; k < points; k++) {
          const p = prefix(episodes, e, k);
          const refit = (lambda: number) => (q: typeof p) =>
            intercept ? withConstant(q, (c) => directRidge(c, lambda)) : directRidge(q, lambda);
          const scores = LOO_GRID.map((lambda) => leaveOneOut(p, refit(lambda)));
          const lambda = LOO_GRID[scores.indexOf(Math.min(...scores))]!;
          close(values[e * points + k]!, refit(lambda)(p));
        }
    });

  test('one example cannot choose λ: the middle of the grid is used', async () => {
    const rows = [
      [2, 1],
      [1, 1],
    ];
    expect(LOO_GRID[6]).toBe(1);
    close(await last(ridgeLoo(), rows, [3, 0]), await last(ridge({ lambda: 1 }), rows, [3, 0]));
  });
});

describe('least squares where the rank is not what the counts suggest', () => {
  test('repeated, zero and collinear inputs', async () => {
    const rows = [
      [1, 2, 0],
      [1, 2, 0],
      [0, 0, 0],
      [2, 4, 0],
      [0, 1, 0],
      [1, 1, 5],
    ];
    const labels = [1, 3, 7, 4, -1, 0];
    for (let k = 1; k < rows.length; k++) {
      const part = episode(rows.slice(0, k + 1), labels.slice(0, k + 1));
      close((await ols().predict(part)).values[k]!, directOls(prefix(part, 0, k)));
    }
  });
  test('nearly collinear inputs are still told apart', async () => {
    const rows = [
      [1, 1],
      [1, 1 + 1e-6],
      [0, 1],
    ];
    expect(await last(ols(), rows, [0, 1, 0])).toBeCloseTo(1e6, 0);
  });
  test('a constant alone', async () => {
    close(await last(ols({ intercept: true }), [[5], [5], [5]], [1, 3, 0]), 2);
    close(await last(ridge({ lambda: 1, intercept: true }), [[5], [9]], [4, 0]), 4);
  });
});

describe('neighbours and mean', () => {
  const rows = [[0], [1], [3], [7], [1.5]];
  const labels = [10, 20, 30, 40, 0];
  test('three nearest, alike', async () => close(await last(knn(), rows, labels), 20));
  test('three nearest, by inverse squared distance', async () => {
    const [a, b, c] = [1 / 1.5 ** 2, 1 / 0.5 ** 2, 1 / 1.5 ** 2];
    close(
      await last(knn({ weights: 'inverse-square' }), rows, labels),
      (10 * a + 20 * b + 30 * c) / (a + b + c),
    );
  });
  test('three nearest, by inverse distance', async () => {
    const [a, b, c] = [1 / 1.5, 1 / 0.5, 1 / 1.5];
    close(await last(knn({ weights: 'inverse' }), rows, labels), (10 * a + 20 * b + 30 * c) / (a + b + c));
  });
  test('an example on the query decides alone', async () => {
    close(await last(knn({ weights: 'inverse-square' }), [[0], [1], [1], [1]], [5, 1, 3, 0]), 2);
  });
  test('fewer examples than neighbours', async () => close(await last(knn(), [[0], [2], [9]], [1, 3, 0]), 2));
  test('at equal distance the earlier example is nearer', async () =>
    close(await last(knn({ k: 1 }), [[1], [-1], [0]], [7, 8, 0]), 7));
  test('running mean', async () => {
    const { values } = await mean().predict(episode(rows, labels));
    expect([...values]).toEqual([0, 10, 15, 20, 25]);
  });
});

test('Bayes with one σ is ridge with λ = σ²/τ², and least squares without noise', async () => {
  const episodes = normalEpisodes(8, 2, 9, 3);
  const predict = async (learner: Learner) => (await learner.predict(episodes)).values;
  expect(await predict(bayes({ sigma: 0.5, tau: 2 }))).toEqual(await predict(ridge({ lambda: 1 / 16 })));
  expect(await predict(bayes({ sigma: 0 }))).toEqual(await predict(ols()));
});
