import { describe, expect, it } from 'vitest';
import type { Predictions } from '../core/episodes.js';
import { random } from '../core/random.js';
import { fitParameter } from './fit.js';
import { identify, verdicts } from './identify.js';

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
    for (const { nearest, distance, margin, indistinguishable } of found) {
      expect(nearest).toBe('b');
      expect(distance).toEqual({ value: 0, low: 0, high: 0 });
      expect(margin.low).toBeGreaterThan(0);
      expect(indistinguishable).toEqual([]);
    }
  });

  it('does not pretend certainty about a learner half-way between two', () => {
    for (const { nearest, indistinguishable } of judge(mix(a, c, 0.5)))
      expect([nearest, ...indistinguishable].sort()).toEqual(['a', 'c']);
  });

  it('tells a learner that is nearer to one of two', () => {
    const overall = judge(mix(a, c, 0.4)).at(-1)!;
    expect(overall.nearest).toBe('a');
    expect(overall.indistinguishable).toEqual([]);
    // E(a−c)² = 2: distances ÷ d are 0.16 and 0.36.
    expect(overall.distance.value).toBeCloseTo(0.16, 1);
    expect(overall.margin.value).toBeCloseTo(0.2, 1);
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
