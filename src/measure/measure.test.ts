import { describe, expect, test } from 'vitest';
import { random } from '../core/random.js';
import {
  type About,
  bootstrapMeans,
  meanSpd,
  medianSpd,
  medianSquaredError,
  medians,
  overExamples,
  spd,
  squaredDifferences,
  squaredError,
  squaredErrorDifference,
  type Values,
} from './index.js';

const about: About = { family: 'test', learner: 'ols', seed: 7, spec: 'abc' };

function normals(episodes: number, points: number, seed = 1): Values {
  const stream = random(seed, 'test');
  return { values: Float64Array.from({ length: episodes * points }, stream.normal), episodes, points };
}

describe('values', () => {
  const labels = { y: Float64Array.of(1, 2, 3, 4), episodes: 2, points: 2 };
  const predictions = { values: Float64Array.of(0, 2, 1, 1), episodes: 2, points: 2 };
  test('squared error by number of examples', () => {
    const rows = squaredError(labels, predictions, about);
    expect(rows.map(({ examples, metric, value, episodes }) => [examples, metric, value, episodes])).toEqual([
      [0, 'squared-error', 2.5, 2],
      [1, 'squared-error', 4.5, 2],
    ]);
    expect(rows[0]).toEqual({
      family: 'test',
      learner: 'ols',
      examples: 0,
      metric: 'squared-error',
      value: 2.5,
      low: 1,
      high: 4,
      episodes: 2,
      seed: 7,
      spec: 'abc',
    });
  });
  test('SPD, divided by the inputs or not, and over a range of examples', () => {
    const other = { values: Float64Array.of(0, 0, 0, 0), episodes: 2, points: 2 };
    const between = { ...about, reference: 'mean' };
    expect(
      spd(predictions, other, between).map(({ metric, value, reference }) => [metric, value, reference]),
    ).toEqual([
      ['spd', 0.5, 'mean'],
      ['spd', 2.5, 'mean'],
    ]);
    expect(
      spd(predictions, other, between, { inputs: 5 }).map(({ metric, value }) => [metric, value]),
    ).toEqual([
      ['spd/d', 0.1],
      ['spd/d', 0.5],
    ]);
    expect(medianSpd(predictions, other, between)[1]).toMatchObject({ metric: 'median-spd', value: 2.5 });
    expect(meanSpd(predictions, other, [0, 1], between)).toMatchObject({
      metric: 'spd@0-1',
      value: 1.5,
      examples: 1,
    });
    expect(squaredDifferences(predictions, other)).toEqual(squaredDifferences(other, predictions));
  });
  test('shapes that do not fit are bugs', () => {
    expect(() => squaredError({ ...labels, points: 1 }, predictions, about)).toThrow(
      '2×2 predictions for 2×1 labels',
    );
    expect(() => overExamples(predictions, 1, 2)).toThrow('no examples 1…2: there are 0…1');
    expect(() =>
      bootstrapMeans({ values: new Float64Array(0), episodes: 0, points: 1 }, { seed: 1 }),
    ).toThrow('no episodes');
  });
});

describe('intervals', () => {
  test.each([300, 5000])('of a mean over %d episodes are ±1.645 standard errors wide', (episodes) => {
    const { value, low, high } = bootstrapMeans(normals(episodes, 4), { seed: 3 });
    for (let k = 0; k < 4; k++) {
      expect(low[k]!).toBeLessThan(value[k]!);
      expect(high[k]!).toBeGreaterThan(value[k]!);
      // 1000 resamples give the ends to about 7 %.
      expect((high[k]! - low[k]!) / (2 * 1.645 * Math.sqrt(1 / episodes))).toBeGreaterThan(0.8);
      expect((high[k]! - low[k]!) / (2 * 1.645 * Math.sqrt(1 / episodes))).toBeLessThan(1.2);
    }
  });
  test('contain the truth in about 9 of 10 cases', () => {
    let [mean, median] = [0, 0];
    for (let seed = 0; seed < 50; seed++) {
      const values = normals(60, 8, seed);
      const a = bootstrapMeans(values, { seed, trials: 200 });
      const b = medians(values);
      for (let k = 0; k < 8; k++) {
        if (a.low[k]! <= 0 && 0 <= a.high[k]!) mean++;
        if (b.low[k]! <= 0 && 0 <= b.high[k]!) median++;
      }
    }
    // 400 cases: the standard error is 1.5 %.
    expect(mean / 400).toBeGreaterThan(0.84);
    expect(mean / 400).toBeLessThan(0.96);
    expect(median / 400).toBeGreaterThan(0.86);
  });
  test('of a paired difference ignore what both share', () => {
    const [common, small] = [normals(200, 1, 1), normals(200, 1, 2)];
    const labels = { y: new Float64Array(200), episodes: 200, points: 1 };
    const shared = common.values.map((v) => 10 + v);
    const a = { values: shared, episodes: 200, points: 1 };
    const b = { ...a, values: shared.map((v, e) => Math.sqrt(v * v + 1 + 0.1 * small.values[e]!)) };
    const [row] = squaredErrorDifference(labels, b, a, { ...about, reference: 'mean' });
    expect(row).toMatchObject({ metric: 'squared-error-difference', reference: 'mean' });
    expect(row!.value).toBeCloseTo(1, 1);
    expect(row!.high - row!.low).toBeLessThan(0.05);
  });
  test('are the same for the same seed and wider for a higher level', () => {
    const values = normals(50, 3);
    const a = bootstrapMeans(values, { seed: 3 });
    expect(bootstrapMeans(values, { seed: 3 })).toEqual(a);
    expect(bootstrapMeans(values, { seed: 4 }).low).not.toEqual(a.low);
    expect(bootstrapMeans(values, { seed: 3, level: 0.99 }).low[0]!).toBeLessThan(a.low[0]!);
    expect(medians(values, { level: 0.99 }).low[0]!).toBeLessThan(medians(values).low[0]!);
  });
  test('of one episode have no width', () => {
    expect(bootstrapMeans(normals(1, 1), { seed: 1 })).toMatchObject(medians(normals(1, 1)));
  });
  test('the median’s ranks follow from the binomial distribution', () => {
    // n = 20: P(Binomial(20, ½) ≤ 5) = 0.0207, P(≤ 6) = 0.0577, so that the 6th smallest is the end at 90 %.
    const values = { values: Float64Array.from({ length: 20 }, (_, i) => i + 1), episodes: 20, points: 1 };
    const { value, low, high } = medians(values);
    expect([value[0], low[0], high[0]]).toEqual([10.5, 6, 15]);
  });
  test('a median does not mind an infinite error', () => {
    const labels = { y: Float64Array.of(0, 0, 0), episodes: 3, points: 1 };
    const wild = { values: Float64Array.of(1, 2, Number.POSITIVE_INFINITY), episodes: 3, points: 1 };
    expect(medianSquaredError(labels, wild, about)[0]).toMatchObject({
      metric: 'median-squared-error',
      value: 4,
    });
  });
});
