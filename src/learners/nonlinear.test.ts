import { describe, expect, test } from 'vitest';
import type { Learner } from '../core/episodes.js';
import { directBoost, directTree, prefix } from './direct.test.helper.js';
import { episode, last, normalEpisodes, weightsOf } from './episodes.test.helper.js';
import { bestOfPool, boost, dmmse, linearPool, logistic, type PoolTask, tree } from './index.js';

/** Double precision with a few dozen numbers of size 1. */
const TOLERANCE = 1e-10;

async function everyPrefix(
  learner: Learner,
  direct: (p: ReturnType<typeof prefix>) => number,
  signs = false,
) {
  const drawn = normalEpisodes(4, 3, 14, 3);
  const episodes = signs ? { ...drawn, x: drawn.x.map(Math.sign) } : drawn;
  const { values } = await learner.predict(drawn);
  for (let e = 0; e < episodes.episodes; e++) {
    expect(values[e * 14]).toBe(0);
    for (let k = 1; k < 14; k++)
      expect(Math.abs(values[e * 14 + k]! - direct(prefix(episodes, e, k)))).toBeLessThan(TOLERANCE);
  }
}

describe('trees', () => {
  for (const depth of [1, 2, 4, Number.POSITIVE_INFINITY])
    test(`depth ${depth}: every prefix against a tree that is grown one node at a time`, () =>
      everyPrefix(tree({ depth }), (p) => directTree(p, { depth, lambda: 0, always: true })));
  test('on signs', () =>
    everyPrefix(
      tree({ depth: 3, signs: true }),
      (p) => directTree(p, { depth: 3, lambda: 0, always: true }),
      true,
    ));
  for (const [trees, depth, rate, lambda] of [
    [1, 1, 1, 0],
    [12, 2, 0.3, 1],
    [30, 4, 0.1, 1],
  ] as const)
    test(`boosted: ${trees} of depth ${depth}`, () =>
      everyPrefix(boost({ trees, depth, rate, lambda }), (p) =>
        directBoost(p, trees, rate, { depth, lambda, always: false }),
      ));

  test('a stump splits at the midpoint, which goes left', async () => {
    const [rows, labels] = [
      [[0], [1], [4], [5]],
      [1, 1, 3, 3],
    ];
    const ask = (x: number) => last(tree({ depth: 1 }), [...rows, [x]], [...labels, 0]);
    expect(await ask(2.5)).toBe(1);
    expect(await ask(2.5000001)).toBe(3);
  });
  test('a split that gains nothing alone still leads on: parity of two signs', async () => {
    const rows = [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ];
    const labels = [1, -1, -1, 1];
    for (const [i, row] of rows.entries())
      expect(await last(tree({ signs: true }), [...rows, row], [...labels, 0])).toBe(labels[i]);
  });
  test('labels that are alike are not split', async () =>
    expect(await last(tree(), [[1], [2], [3], [9]], [0.1, 0.1, 0.1, 0])).toBeCloseTo(0.1, 15));
});

describe('logistic regression', () => {
  const classes = (() => {
    const drawn = normalEpisodes(9, 1, 30, 4, 1);
    return { ...drawn, y: drawn.y.map(Math.sign) };
  })();
  const rows = Array.from({ length: 30 }, (_, k) => Array.from(classes.x.subarray(k * 4, k * 4 + 4)));

  test.each([1e-4, 0.1, 1, 100])(
    'λ = %d: the slope is 0 at the weights, also where a plane divides',
    async (lambda) => {
      for (const n of [1, 3, 10, 30]) {
        const labels = Array.from(classes.y.subarray(0, n));
        // Weights from predictions of small queries, where tanh loses nothing: w = 2 artanh(prediction)/size.
        const size = 1e-3;
        const asked = Array.from({ length: 4 }, (_, i) =>
          Array.from({ length: 4 }, (_, j) => (i === j ? size : 0)),
        );
        const w = await Promise.all(
          asked.map(
            async (unit) =>
              (2 / size) *
              Math.atanh(await last(logistic({ lambda }), [...rows.slice(0, n), unit], [...labels, 0])),
          ),
        );
        const slope = w.map((wj) => lambda * wj);
        for (let i = 0; i < n; i++) {
          const margin = labels[i]! * rows[i]!.reduce((sum, x, j) => sum + x * w[j]!, 0);
          rows[i]!.forEach((x, j) => {
            slope[j] = slope[j]! - (labels[i]! * x) / (1 + Math.exp(margin));
          });
        }
        for (const value of slope) expect(Math.abs(value)).toBeLessThan(1e-9);
      }
    },
  );
  test('huge inputs do not overflow', async () => {
    const { values } = await logistic({ lambda: 1e-6 }).predict({
      ...classes,
      x: classes.x.map((x) => 1e4 * x),
    });
    for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(1);
  });
  test('labels that are not classes are refused', async () => {
    await expect(logistic().predict(episode([[1], [2]], [0, 1]))).rejects.toThrow(
      'unsupported label: 0: logistic regression takes labels −1 and 1; use a family of classes, or ridge for numbers',
    );
  });
});

describe('a pool of tasks', () => {
  const d = 3;
  const weights = normalEpisodes(12, 1, 50, d).x;
  const pool = linearPool(weights, d);
  const episodes = normalEpisodes(13, 4, 10, d);

  test.each([0.1, 0.5, 3])('posterior mean, σ = %d: weights exp(−Σ(y − wᵀx)²/2σ²)', async (sigma) => {
    const { values } = await dmmse({ pool, sigma }).predict(episodes);
    for (let e = 0; e < 4; e++)
      for (let k = 0; k < 10; k++) {
        const at = (i: number) => (e * 10 + i) * d;
        const logs = pool.map((task) => {
          let sum = 0;
          for (let i = 0; i < k; i++) sum += (episodes.y[e * 10 + i]! - task.at(episodes.x, at(i))) ** 2;
          return -sum / (2 * sigma ** 2);
        });
        const top = Math.max(...logs);
        const shares = logs.map((log) => Math.exp(log - top));
        const total = shares.reduce((a, b) => a + b, 0);
        const expected = pool.reduce(
          (sum, task, i) => sum + (shares[i]! / total) * task.at(episodes.x, at(k)),
          0,
        );
        expect(values[e * 10 + k]).toBeCloseTo(expected, 10);
      }
  });
  test('the best task is the limit without noise, and exact on its own labels', async () => {
    const best = (await bestOfPool({ pool: () => pool }).predict(episodes)).values;
    const limit = (await dmmse({ pool, sigma: 1e-4 }).predict(episodes)).values;
    best.forEach((value, at) => {
      expect(value).toBeCloseTo(limit[at]!, 10);
    });
    const own = { ...episodes, y: episodes.y.map((_, at) => pool[7]!.at(episodes.x, at * d)) };
    const { values } = await bestOfPool({ pool }).predict(own);
    for (let at = 0; at < 40; at++) if (at % 10 > 0) expect(values[at]).toBeCloseTo(own.y[at]!, 12);
  });
  test('tasks that fit alike share', async () => {
    const twins: PoolTask[] = [1, 3, 1, 8].map((value, i) => ({
      at: (x, from) => (x[from] === 0 ? value : i),
    }));
    expect(await last(bestOfPool({ pool: twins }), [[0], [5]], [1, 0])).toBe(1); // tasks 0 and 2
    expect(await last(bestOfPool({ pool: twins }), [[0]], [0])).toBe(13 / 4);
  });
  test('a large pool is nearly the prior: its posterior mean is nearly ridge', async () => {
    const many = linearPool(normalEpisodes(14, 1, 30_000, 2).x, 2);
    const rows = [
      [1, 0.5],
      [-0.5, 1],
    ];
    const found = await weightsOf(dmmse({ pool: many, sigma: 1 }), rows, [1, 1]);
    // (XᵀX + I)⁻¹XᵀY, XᵀX = 1.25 I
    expect(found[0]).toBeCloseTo(0.5 / 2.25, 1);
    expect(found[1]).toBeCloseTo(1.5 / 2.25, 1);
  });
  test('an empty pool and noise below 0 are refused', async () => {
    await expect(dmmse({ pool: [], sigma: 1 }).predict(episodes)).rejects.toThrow('missing task of a pool');
    expect(() => dmmse({ pool, sigma: -1 })).toThrow('invalid noise σ: -1: it must be a number from 0');
  });
});
