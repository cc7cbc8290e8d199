import fc from 'fast-check';
import { Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { Episodes, Learner } from '../core/episodes.js';
import { permutation, random } from '../core/random.js';
import { directOls, directRidge, leaveOneOut, prefix, withConstant } from './direct.test.helper.js';
import { bayes, gd, knn, LOO_GRID, mean, ols, parseLearner, ridge, ridgeLoo } from './index.js';

/** Double precision with the condition numbers of a few dozen normal examples (at most about 1e4). */
const TOLERANCE = 1e-8;

function normalEpisodes(
  seed: number,
  episodes: number,
  points: number,
  inputs: number,
  sigma = 0.5,
): Episodes {
  const stream = random(seed, 'test');
  const x = Float64Array.from({ length: episodes * points * inputs }, stream.normal);
  const y = new Float64Array(episodes * points);
  for (let e = 0; e < episodes; e++) {
    const w = Array.from({ length: inputs }, stream.normal);
    for (let k = 0; k < points; k++) {
      const at = (e * points + k) * inputs;
      y[e * points + k] = sigma * stream.normal() + w.reduce((sum, wj, j) => sum + wj * x[at + j]!, 0);
    }
  }
  return { x, y, episodes, points, inputs, family: 'test', seed };
}

/** One episode from rows of x and labels; the last row is the query. */
function episode(rows: number[][], labels: number[]): Episodes {
  const [points, inputs] = [rows.length, rows[0]!.length];
  return {
    x: Float64Array.from(rows.flat()),
    y: Float64Array.from(labels),
    episodes: 1,
    points,
    inputs,
    family: 'test',
    seed: 0,
  };
}

async function last(learner: Learner, rows: number[][], labels: number[]): Promise<number> {
  return (await learner.predict(episode(rows, labels))).values.at(-1)!;
}

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

describe('properties', () => {
  const anySeed = fc.integer({ min: 0, max: 1e6 });
  const learners = [
    'mean',
    'knn:3',
    'knn:3:weighted',
    'ols',
    'ols:intercept',
    'ridge:0.1',
    'ridge:loo',
    'gd:1',
    'gd:5',
    'bayes:0.3:2',
  ];
  test('the order of the examples does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySeed,
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 2, max: 9 }),
        async (seed, d, n) => {
          const stream = random(seed, 'order');
          const rows = Array.from({ length: n + 1 }, () => Array.from({ length: d }, stream.normal));
          const labels = Array.from({ length: n + 1 }, stream.normal);
          const order = [...permutation(n, stream), n];
          for (const name of learners) {
            if (name.startsWith('ols') && Math.abs(n - d - 0.5) < 1) continue; // conditioned badly now and then
            const learner = parseLearner(name);
            const before = await last(learner, rows, labels);
            const after = await last(
              learner,
              order.map((i) => rows[i]!),
              order.map((i) => labels[i]!),
            );
            close(after, before, 10);
          }
        },
      ),
      { numRuns: 50, seed: 1 },
    );
  });
  test('predictions of linear learners scale with the labels', async () => {
    await fc.assert(
      fc.asyncProperty(anySeed, fc.double({ min: 0.01, max: 100, noNaN: true }), async (seed, factor) => {
        const episodes = normalEpisodes(seed, 1, 7, 3);
        const scaled = { ...episodes, y: episodes.y.map((y) => factor * y) };
        for (const name of learners) {
          const a = await parseLearner(name).predict(episodes);
          const b = await parseLearner(name).predict(scaled);
          for (const [k, value] of a.values.entries()) close(b.values[k]! / factor, value, 100);
        }
      }),
      { numRuns: 20, seed: 2 },
    );
  });
  test('a prefix is blind to what follows', async () => {
    const long = normalEpisodes(5, 1, 12, 3);
    const short = { ...long, x: long.x.slice(0, 18), y: long.y.slice(0, 6), points: 6 };
    for (const name of learners) {
      const a = await parseLearner(name).predict(long);
      const b = await parseLearner(name).predict(short);
      expect(b.values).toEqual(a.values.slice(0, 6));
    }
  });
  test('ridge goes from least squares to zero as λ grows', async () => {
    const episodes = normalEpisodes(6, 3, 9, 3);
    const exact = (await ols().predict(episodes)).values;
    const small = (await ridge({ lambda: 1e-12 }).predict(episodes)).values;
    const large = (await ridge({ lambda: 1e12 }).predict(episodes)).values;
    exact.forEach((value, at) => {
      expect(small[at]).toBeCloseTo(value, 4);
      expect(large[at]).toBeCloseTo(0, 8);
    });
  });
  test('many gradient steps arrive at least squares', async () => {
    const rows = [
      [1, 0, 2],
      [0, 1, 1],
      [1, 1, 0],
      [2, 0, 1],
      [1, 2, 3],
    ];
    close(await last(gd({ steps: 2000 }), rows, [1, 2, 3, 4, 0]), await last(ols(), rows, [1, 2, 3, 4, 0]));
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
