import { describe, expect, test } from 'vitest';
import type { Learner } from '../core/episodes.js';
import { ridge } from '../learners/index.js';
import { compare } from './compare.js';
import type { PredictProgress } from './predictions.js';

const small = {
  family: { family: 'linear', inputs: 3 },
  learners: ['ols', 'ridge:0.1', 'mean'],
  episodes: 300,
  points: 8,
  trials: 100,
};
const zero: Learner = {
  name: 'zero',
  limits: { inputs: 4, points: 10 },
  predict: async ({ episodes, points }) => ({
    values: new Float64Array(episodes * points),
    episodes,
    points,
  }),
};

describe('rows', () => {
  test('every learner’s errors and every pair’s distances by number of examples, each range once', async () => {
    const { rows, spec, hash } = await compare(small);
    const counts = new Map<string, number>();
    for (const { learner, reference, metric } of rows) {
      const key = [metric, learner, reference].join(' ').trim();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const name of small.learners) {
      expect(counts.get(`squared-error ${name}`)).toBe(8);
      expect(counts.get(`median-squared-error ${name}`)).toBe(8);
      expect(counts.get(`squared-error@1-6 ${name}`)).toBe(1);
    }
    for (const pair of ['ols ridge:0.1', 'ols mean', 'ridge:0.1 mean']) {
      expect(counts.get(`spd ${pair}`)).toBe(8);
      expect(counts.get(`median-spd ${pair}`)).toBe(8);
      expect(counts.get(`spd/d@1-6 ${pair}`)).toBe(1);
    }
    expect(rows).toHaveLength(3 * 17 * 2);
    expect(
      rows.every(
        (row) => row.spec === hash && row.seed === 1 && row.episodes === 300 && row.family === 'linear',
      ),
    ).toBe(true);
    expect(
      rows.every(({ value, low, high }) => low <= value * (1 + 1e-9) && value <= high * (1 + 1e-9)),
    ).toBe(true);
    expect(spec.family).toMatchObject({ family: 'linear', inputs: 3, noise: 0 });
  });
  test('are right: least squares is exact from d examples, and nothing is known before the first', async () => {
    const { rows } = await compare(small);
    const error = (n: number) =>
      rows.find((r) => r.learner === 'ols' && r.metric === 'squared-error' && r.examples === n)!;
    // E(wᵀx)² = 3, within 4 standard errors of 0.32.
    expect(Math.abs(error(0).value - 3)).toBeLessThan(1.3);
    expect(error(5).value).toBeLessThan(1e-12);
  });
  test('the same spec gives the same rows, from the returned spec too; another seed does not', async () => {
    const first = await compare(small);
    expect(await compare(small)).toEqual(first);
    expect(await compare(first.spec)).toEqual(first);
    const other = await compare({ ...small, seed: 2 });
    expect(other.hash).not.toBe(first.hash);
    expect(other.rows[3]!.value).not.toBe(first.rows[3]!.value);
  });
  test('under noise the error beyond it is measured too', async () => {
    const { rows } = await compare({
      ...small,
      learners: ['bayes'],
      family: { family: 'linear', inputs: 3, noise: 1 },
    });
    const value = (metric: string) => rows.find((r) => r.metric === metric && r.examples === 7)!.value;
    expect(value('squared-error') - value('excess-squared-error')).toBeGreaterThan(0.6);
    expect(value('squared-error') - value('excess-squared-error')).toBeLessThan(1.4);
  });
  test('a reference leaves only the distances to it', async () => {
    const { rows } = await compare({ ...small, reference: 'ols' });
    const pairs = new Set(rows.filter((r) => r.metric === 'spd').map((r) => `${r.learner} ${r.reference}`));
    expect(pairs).toEqual(new Set(['ridge:0.1 ols', 'mean ols']));
  });
});

describe('learners that are handed over', () => {
  test('are found by name, and their hash is part of the spec', async () => {
    const spec = { ...small, learners: ['zero', 'ols'] };
    const a = await compare(spec, { learners: [zero] });
    expect(a.rows[0]!.learner).toBe('zero');
    const b = await compare({ ...spec, models: { zero: 'f00d' } }, { learners: [zero] });
    expect(b.hash).not.toBe(a.hash);
  });
  test('may be asked for batches in any order without changing a number', async () => {
    const { rows } = await compare(
      { ...small, learners: ['ridge:0.1', 'twin'] },
      { learners: [{ ...ridge({ lambda: 0.1 }), name: 'twin' }] },
    );
    expect(rows.filter((r) => r.metric === 'spd').every((r) => r.value === 0)).toBe(true);
  });
  test('progress rises to its total, and a signal stops the work', async () => {
    const seen: PredictProgress[] = [];
    await compare(small, { onProgress: (progress) => seen.push(progress) });
    expect(seen.map(({ stage, done }) => `${stage} ${done}`).slice(0, 3)).toEqual([
      'predict 0',
      'predict 1',
      'predict 2',
    ]);
    expect(seen.at(-1)).toEqual({ stage: 'measure', done: 6, total: 6 });
    const stop = new AbortController();
    const stopped = compare(small, {
      signal: stop.signal,
      onProgress: ({ done }) => done === 2 && stop.abort(new Error('stopped')),
    });
    await expect(stopped).rejects.toThrow('stopped');
  });
  test('a prediction that is not finite ends it with its place', async () => {
    const wild: Learner = {
      ...zero,
      name: 'wild',
      predict: async (e) => ({
        ...(await zero.predict(e)),
        values: new Float64Array(e.y.length).fill(Number.NaN, 11, 12),
      }),
    };
    await expect(compare({ ...small, learners: ['wild'] }, { learners: [wild] })).rejects.toThrow(
      'learner "wild" predicted NaN in episode 1 with 3 examples',
    );
  });
});

test.each([
  [{ ...small, learners: ['osl'] }, 'unknown learner "osl": did you mean "ols"?'],
  [{ ...small, learners: [] }, 'invalid comparison: learners: name at least one learner'],
  [
    { ...small, learners: ['ols', 'knn', 'knn:3'] },
    'invalid learners: "knn:3": it is named twice; name each learner once',
  ],
  [{ ...small, reference: 'bayes' }, 'unknown reference "bayes":'],
  [{ ...small, family: 'linaer' }, 'unknown family "linaer": did you mean "linear"?'],
  [{ ...small, episode: 5 }, 'invalid comparison: unknown key "episode": did you mean "episodes"?'],
  [
    { ...small, learners: ['zero'], points: 11 },
    'unsupported points: 11: learner "zero" takes at most 10; ask for fewer or another learner',
  ],
  [
    { ...small, learners: ['zero'], family: 'linear' },
    'unsupported inputs: 8: learner "zero" takes at most 4; ask for fewer or another learner',
  ],
])('%j is refused', async (spec, message) => {
  await expect(compare(spec, { learners: [zero] })).rejects.toThrow(message);
  await expect(compare(spec, { learners: [zero] })).rejects.toMatchObject({ exitCode: 2 });
});

test('keeps the points that a family asks', async () => {
  const family = { family: 'orthogonal-query', of: { family: 'linear', inputs: 4 } };
  const { rows } = await compare({ family, learners: ['ols', 'mean'], episodes: 64, points: 3 });
  // Only the last point is orthogonal to the others; the means over 1…2d examples would mix it with ordinary ones.
  expect(new Set(rows.map(({ examples }) => examples))).toEqual(new Set([2]));
  expect(rows.some(({ metric }) => metric.includes('@'))).toBe(false);
});
