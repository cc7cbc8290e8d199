import fc from 'fast-check';
import { Matrix, QrDecomposition } from 'ml-matrix';
import { expect, test } from 'vitest';
import type { Learner, TaskFamily } from '../core/episodes.js';
import { permutation, type Random, random } from '../core/random.js';
import { episode, last, normalEpisodes } from './episodes.test.helper.js';
import { linearPool, type PoolFamily, parseLearner } from './index.js';

/** Double precision with the condition numbers of a few normal examples (at most about 1e5). */
const TOLERANCE = 1e-8;

function close(actual: number, expected: number, scale: number, what: string) {
  const error = Math.abs(actual - expected);
  expect(error, what).toBeLessThan(TOLERANCE * Math.max(scale, Math.abs(expected)));
}

/** Sums of inner products only, and polynomials of XᵀX: turning all inputs changes nothing. */
const TURNING = [
  'mean',
  'zero',
  'averaging',
  'knn:3',
  'knn:3:weighted',
  'knn:5:inverse',
  'ols',
  'ridge:0.1',
  'ridge:loo',
  'bayes:0.3:2',
  'gd:1',
  'gd:5',
  'gd:3:optimal',
  'gdpp:3',
  'momentum:6',
  'sgd',
  'sgd:0.03:0.1',
  'newton:3',
  'cg:2',
  'cg:2:0.1',
  'logistic:0.5',
];
const LEARNERS = [
  ...TURNING,
  'ols:intercept',
  'lasso:0.1',
  'tree',
  'tree:2',
  'tree:2:signs',
  'boost:10',
  'dmmse',
  'best-of-pool',
];
/** A factor on the labels is a factor on the predictions. */
const SCALING = LEARNERS.filter((name) => !/^(lasso|logistic|dmmse|best-of-pool)/.test(name));

/** The learner of a name, with a pool of 20 tasks for those that need one. */
function make(name: string, d: number): Learner {
  const stream = random(1, 'pool');
  const weights = Float64Array.from({ length: 20 * d }, stream.normal);
  const family: TaskFamily & PoolFamily = {
    name: 'pooled',
    inputs: d,
    sample: () => {
      throw new Error('not needed');
    },
    pool: () => linearPool(weights, d),
    sigma: 0.5,
  };
  return parseLearner(name, family);
}

const normals = (count: number, stream: Random) => Array.from({ length: count }, stream.normal);

/** n examples and a query; labels are classes for learners of classes. */
function prompt(name: string, n: number, d: number, stream: Random) {
  const rows = Array.from({ length: n + 1 }, () => normals(d, stream));
  const labels = normals(n + 1, stream);
  return { rows, labels: name.startsWith('logistic') ? labels.map((y) => (y > 0 ? 1 : -1)) : labels };
}

const anySeed = fc.integer({ min: 0, max: 1e6 });
const sizes = [anySeed, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 9 })] as const;
/** Near n = d least squares is conditioned badly now and then. */
const delicate = (name: string, n: number, d: number) => name.startsWith('ols') && Math.abs(n - d - 0.5) < 1;

test('the order of the examples does not matter', async () => {
  await fc.assert(
    fc.asyncProperty(...sizes, async (seed, d, n) => {
      for (const name of LEARNERS) {
        if (name.startsWith('sgd') || delicate(name, n, d)) continue;
        const stream = random(seed, 'order');
        const { rows, labels } = prompt(name, n, d, stream);
        const order = [...permutation(n, stream), n];
        const before = await last(make(name, d), rows, labels);
        const [x, y] = [order.map((i) => rows[i]!), order.map((i) => labels[i]!)];
        close(await last(make(name, d), x, y), before, 10, name);
      }
    }),
    { numRuns: 40, seed: 1 },
  );
});

test('turning all inputs does not matter to learners that know no axes', async () => {
  await fc.assert(
    fc.asyncProperty(...sizes, async (seed, d, n) => {
      const stream = random(seed, 'rotation');
      const turn = new QrDecomposition(new Matrix(Array.from({ length: d }, () => normals(d, stream))))
        .orthogonalMatrix;
      for (const name of TURNING) {
        if (delicate(name, n, d)) continue;
        const { rows, labels } = prompt(name, n, d, random(seed, 'prompt'));
        const before = await last(make(name, d), rows, labels);
        const turned = new Matrix(rows).mmul(turn).to2DArray();
        close(await last(make(name, d), turned, labels), before, 10, name);
      }
    }),
    { numRuns: 30, seed: 2 },
  );
});

test('predictions scale with the labels', async () => {
  await fc.assert(
    fc.asyncProperty(anySeed, fc.double({ min: 0.01, max: 100, noNaN: true }), async (seed, factor) => {
      const episodes = normalEpisodes(seed, 1, 7, 3);
      const scaled = { ...episodes, y: episodes.y.map((y) => factor * y) };
      for (const name of SCALING) {
        const a = await make(name, 3).predict(episodes);
        const b = await make(name, 3).predict(scaled);
        for (const [k, value] of a.values.entries()) close(b.values[k]! / factor, value, 100, name);
      }
    }),
    { numRuns: 15, seed: 2 },
  );
});

test('a prefix is blind to what follows, an episode to its neighbours', async () => {
  await fc.assert(
    fc.asyncProperty(anySeed, fc.integer({ min: 1, max: 11 }), async (seed, points) => {
      for (const name of LEARNERS) {
        const drawn = normalEpisodes(seed, 2, 12, 3);
        const long = name.startsWith('logistic') ? { ...drawn, y: drawn.y.map(Math.sign) } : drawn;
        const first = 12; // the second episode
        const short = {
          ...long,
          x: long.x.slice(first * 3, (first + points) * 3),
          y: long.y.slice(first, first + points),
          episodes: 1,
          points,
        };
        const a = await make(name, 3).predict(long);
        const b = await make(name, 3).predict(short);
        expect(b.values, name).toEqual(a.values.slice(first, first + points));
      }
    }),
    { numRuns: 10, seed: 3 },
  );
});

test('examples that say nothing, alike or contradict each other give finite predictions', async () => {
  for (const name of LEARNERS)
    for (const row of [
      [0, 0],
      [1, 0],
      [1, 2],
    ]) {
      const { values } = await make(name, 2).predict(episode([row, row, row, row, [1, 1]], [1, -1, 1, 1, 0]));
      for (const value of values) expect(Number.isFinite(value), name).toBe(true);
    }
});
