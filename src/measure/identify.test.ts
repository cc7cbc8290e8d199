import { describe, expect, it } from 'vitest';
import type { Predictions } from '../core/episodes.js';
import { random } from '../core/random.js';
import { fitParameter } from './fit.js';
import { identify } from './identify.js';
import { verdicts } from './verdict.js';

const [EPISODES, POINTS] = [200, 4];
const about = { family: 'linear', learner: 'it', seed: 5, spec: 'abc' };

function normals(name: string, scale = 1): Predictions {
  const stream = random(1, name);
  const values = Float64Array.from({ length: EPISODES * POINTS }, () => scale * stream.normal());
  return { values, episodes: EPISODES, points: POINTS };
}
const mix = (a: Predictions, b: Predictions, share: number): Predictions => ({
  ...a,
  values: a.values.map((value, i) => (1 - share) * value + share * b.values[i]!),
});

const [a, b, c] = [normals('a'), normals('b'), normals('c')];
const candidates = [
  { name: 'a', predictions: a },
  { name: 'b', predictions: b },
  { name: 'c', predictions: c },
];
const judge = (it: Predictions) => verdicts(identify(it, candidates, 2, [1, 3], about, { trials: 300 }));

describe('identification', () => {
  it('names a candidate that the learner is, for each number of examples and overall', () => {
    const found = judge(b);
    expect(found.map(({ examples, overall }) => [examples, overall])).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [3, false],
      [3, true],
    ]);
    for (const { nearest, distance, share, margin, indistinguishable, mixture, alone } of found) {
      expect(nearest).toBe('b');
      expect(distance).toEqual({ value: 0, low: 0, high: 0 });
      expect(share).toBeCloseTo(1, 12);
      expect([mixture, alone]).toEqual([undefined, true]);
      expect(margin.low).toBeGreaterThan(0);
      expect(indistinguishable).toEqual([]);
    }
  });

  it('does not pretend certainty about a learner half-way between two', () => {
    for (const { nearest, indistinguishable, mixture, alone } of judge(mix(a, c, 0.5))) {
      const other = nearest === 'a' ? 'c' : 'a';
      expect(['a', 'c']).toContain(nearest);
      expect(indistinguishable).toEqual([other]);
      expect(mixture!.of).toBe(other);
      for (const weight of Object.values(mixture!.weight)) expect(weight).toBeCloseTo(0.5, 10);
      expect(mixture!.distance.value).toBeCloseTo(0, 10);
      expect(alone).toBe(false);
    }
  });

  it('tells a learner that is nearer to one of two, and the share of the other', () => {
    const overall = judge(mix(a, c, 0.4)).at(-1)!;
    expect(overall).toMatchObject({ nearest: 'a', indistinguishable: [], alone: false });
    // E(a−c)² = 2: distances ÷ d are 0.16 and 0.36.
    expect(overall.distance.value).toBeCloseTo(0.16, 1);
    expect(overall.margin.value).toBeCloseTo(0.2, 1);
    expect(overall.mixture!.of).toBe('c');
    expect(overall.mixture!.weight.value).toBeCloseTo(0.4, 10);
  });

  it('does not pretend certainty about a learner that is one or the other by the toss of a coin', () => {
    const tosses = random(7, 'coin');
    const heads = Array.from({ length: EPISODES }, () => tosses.uniform() < 0.5);
    const values = a.values.map((value, at) => (heads[Math.floor(at / POINTS)] ? value : c.values[at]!));
    const up = heads.filter((head) => head).length / EPISODES;
    // The mean of both is as near as either, or nearer, and the nearest in no episode.
    const both = [...candidates, { name: 'mean', predictions: mix(a, c, 0.5) }];
    for (const among of [candidates, both]) {
      const rows = identify({ ...a, values }, among, 2, [1, 3], about, { trials: 300 });
      const shares = rows.filter(({ metric }) => metric === 'nearest-share@1-3').map(({ value }) => value);
      for (const [i, share] of [up, 0, 1 - up, 0].slice(0, among.length).entries())
        expect(shares[i]).toBeCloseTo(share, 10);
      expect(verdicts(rows).at(-1)!.alone).toBe(false);
    }
    const weight = judge({ ...a, values }).at(-1)!.mixture!.weight;
    expect(weight.low).toBeLessThan(0.5);
    expect(weight.high).toBeGreaterThan(0.4);
  });

  it('takes an error that has nothing to do with the candidates for no mixture', () => {
    const error = normals('error', 0.5);
    const overall = judge({ ...a, values: a.values.map((value, i) => value + error.values[i]!) }).at(-1)!;
    expect(overall).toMatchObject({ nearest: 'a', indistinguishable: [], alone: true });
    expect(overall.distance.value).toBeCloseTo(0.125, 1);
  });

  it('gives the interval of a mixture’s share about 9 of 10 chances', () => {
    let inside = 0;
    for (let seed = 0; seed < 100; seed++) {
      const error = normals(`error ${seed}`, 2);
      const it = { ...a, values: mix(a, b, 0.3).values.map((value, i) => value + error.values[i]!) };
      const rows = identify(it, candidates.slice(0, 2), 2, [1, 3], { ...about, seed }, { trials: 200 });
      const weight = rows.find(({ metric }) => metric === 'mixture-weight@1-3')!;
      const share = weight.reference === 'b' ? 0.3 : 0.7;
      if (weight.low <= share && share <= weight.high) inside++;
    }
    // The standard error is 3 %.
    expect(inside).toBeGreaterThan(80);
  });

  it('may change its mind with the number of examples', () => {
    const half = { ...a, values: a.values.map((value, i) => (i % POINTS < 2 ? value : b.values[i]!)) };
    expect(
      judge(half)
        .slice(0, 4)
        .map(({ nearest }) => nearest),
    ).toEqual(['a', 'a', 'b', 'b']);
  });

  it('refuses predictions of another shape', () => {
    const short = { values: new Float64Array(4), episodes: 1, points: 4 };
    expect(() => identify(short, candidates, 2, [1, 3], about)).toThrow(/1×4 predictions for 200×4/);
  });
});

describe('a fitted parameter', () => {
  const grid = [0.01, 0.03, 0.1, 0.3, 1, 3];
  const episodes = 300;

  it('is where the mean distance is least, between the points of the grid', () => {
    // (ln λ − m)² with m around ln 0.15 in each episode: the mean is least at λ = 0.15.
    const stream = random(3, 'm');
    const centre = Float64Array.from({ length: episodes }, () => Math.log(0.15) + stream.normal());
    const mean = Math.exp(centre.reduce((s, v) => s + v, 0) / episodes);
    const distances = grid.map((lambda) => centre.map((m) => (Math.log(lambda) - m) ** 2));
    const fit = fitParameter(grid, distances, 'log', { seed: 1 });
    expect(fit.value).toBeCloseTo(mean, 8);
    // The standard error of ln λ is 1/√300 = 0.058.
    expect(Math.log(fit.high / fit.low) / (2 * 1.645 * 0.058)).toBeGreaterThan(0.8);
    expect(Math.log(fit.high / fit.low) / (2 * 1.645 * 0.058)).toBeLessThan(1.2);
  });

  it('keeps to the grid where it counts steps, and to its ends', () => {
    const curve = (at: number) => grid.map((_, i) => new Float64Array(episodes).fill(Math.abs(i - at)));
    expect(fitParameter(grid, curve(2.2), 'none', { seed: 1 })).toMatchObject({
      value: 0.1,
      low: 0.1,
      high: 0.1,
    });
    expect(fitParameter(grid, curve(9), 'log', { seed: 1 }).value).toBe(3);
    expect(fitParameter(grid, curve(-1), 'log', { seed: 1 }).value).toBe(0.01);
  });

  it('refuses what does not fit together', () => {
    expect(() => fitParameter([1, 2], [new Float64Array(3)], 'log', { seed: 1 })).toThrow(/grid of 2/);
  });
});
