import { describe, expect, test } from 'vitest';
import { random } from '../core/random.js';
import { SAME_FORMULA } from '../testing/tolerances.js';
import { calibration, givesDistribution } from './calibration.js';
import type { About } from './metrics.js';

const about: About = { family: 'test', learner: 'bayes', seed: 7, spec: 'abc' };
const value = (rows: ReturnType<typeof calibration>, metric: string, examples = 0) =>
  rows.find((row) => row.metric === metric && row.examples === examples)?.value;

test('a learner without a distribution has no rows', () => {
  const labels = { y: Float64Array.of(1), episodes: 1, points: 1 };
  const predictions = { values: Float64Array.of(1), episodes: 1, points: 1 };
  expect(givesDistribution(predictions)).toBe(false);
  expect(calibration(labels, predictions, about)).toEqual([]);
});

describe('variances', () => {
  const episodes = 500;
  const points = 2;
  const stream = random(1, 'test');
  const values = Float64Array.from({ length: episodes * points }, stream.normal);
  const variance = values.map(() => 0.1 + 4 * stream.uniform());
  const y = values.map((mean, at) => mean + Math.sqrt(variance[at]!) * stream.normal());
  const labels = { y, episodes, points };
  const rows = calibration(labels, { values, episodes, points, variance }, about);

  test('every measure is the one written down directly', () => {
    for (const k of [0, 1]) {
      const mean = (of: (at: number) => number) => {
        let sum = 0;
        for (let e = 0; e < episodes; e++) sum += of(e * points + k);
        return sum / episodes;
      };
      const deviation = (at: number) => Math.sqrt(variance[at]!);
      const density = (at: number) =>
        Math.exp(-((y[at]! - values[at]!) ** 2) / (2 * variance[at]!)) /
        (deviation(at) * Math.sqrt(2 * Math.PI));
      const expected: Record<string, number> = {
        nll: mean((at) => -Math.log(density(at))),
        'standardised-squared-error': mean((at) => (y[at]! - values[at]!) ** 2 / variance[at]!),
        // Quantiles 0.75, 0.9 and 0.95 of the normal distribution, from a table.
        'coverage-0.5': mean((at) => Number(Math.abs(y[at]! - values[at]!) < 0.67449 * deviation(at))),
        'coverage-0.8': mean((at) => Number(Math.abs(y[at]! - values[at]!) < 1.28155 * deviation(at))),
        'coverage-0.9': mean((at) => Number(Math.abs(y[at]! - values[at]!) < 1.64485 * deviation(at))),
      };
      for (const [metric, wanted] of Object.entries(expected))
        expect(Math.abs(value(rows, metric, k)! - wanted), metric).toBeLessThan(SAME_FORMULA);
      const width = 2 * 1.64485 * mean(deviation);
      expect(Math.abs(value(rows, 'width-0.9', k)! - width)).toBeLessThan(1e-4);
    }
    expect(rows).toHaveLength(6 * points);
    for (const row of rows) {
      expect(row).toMatchObject({ learner: 'bayes', episodes, seed: 7, spec: 'abc' });
      expect(row.low).toBeLessThanOrEqual(row.value);
      expect(row.high).toBeGreaterThanOrEqual(row.value);
    }
  });

  test('of a label that is certain have no row: it has no density', () => {
    const some = variance.slice();
    some[41] = 0;
    const left = calibration(labels, { values, episodes, points, variance: some }, about);
    expect(left).toEqual(rows.filter(({ examples }) => examples === 0));
    some[41] = (1e-15 * values[41]!) ** 2; // what rounding makes of it
    expect(calibration(labels, { values, episodes, points, variance: some }, about)).toEqual(left);
  });
});

describe('classes', () => {
  /** `count` episodes of one point, P(1) from `probability`, labels 1 with the probability `truth` makes of it. */
  const drawn = (
    count: number,
    probability: (u: number) => number,
    truth = (p: number) => p,
    seed = 1,
    trials = 200,
  ) => {
    const stream = random(seed, 'classes');
    const chances = Float64Array.from({ length: count }, () => probability(stream.uniform()));
    const y = chances.map((p) => (stream.uniform() < truth(p) ? 1 : -1));
    const labels = { y, episodes: count, points: 1 };
    const predictions = { values: chances.map((p) => 2 * p - 1), episodes: count, points: 1, classes: true };
    return { chances, y, labels, rows: calibration(labels, predictions, about, { trials }) };
  };

  test('log loss and Brier score are those of the probabilities', () => {
    const { chances, y, rows } = drawn(300, (u) => u);
    const mean = (of: (p: number, one: boolean) => number) =>
      chances.reduce((sum, p, e) => sum + of(p, y[e] === 1), 0) / 300;
    const loss = mean((p, one) => -Math.log(one ? p : 1 - p));
    expect(Math.abs(value(rows, 'log-loss')! - loss)).toBeLessThan(SAME_FORMULA);
    expect(Math.abs(value(rows, 'brier')! - mean((p, one) => (p - Number(one)) ** 2))).toBeLessThan(
      SAME_FORMULA,
    );
    // A wrong label that was certain is a loss, not an infinite one.
    const sure = { values: Float64Array.of(1), episodes: 1, points: 1, classes: true };
    const wrong = calibration({ y: Float64Array.of(-1), episodes: 1, points: 1 }, sure, about);
    expect(value(wrong, 'log-loss')).toBeCloseTo(52 * Math.log(2), 10);
  });

  test('the calibration error is the mean gap of bins of equal count', () => {
    // 40 episodes, two bins of 20: P(1) = 0.2 with 6 ones among 20, and 0.9 with 15 among 20, mixed up.
    const chances = Float64Array.from({ length: 40 }, (_, e) => (e % 2 === 0 ? 0.2 : 0.9));
    const y = chances.map((p, e) => ((p < 0.5 ? e < 12 : e < 30) ? 1 : -1));
    const labels = { y, episodes: 40, points: 1 };
    const predictions = { values: chances.map((p) => 2 * p - 1), episodes: 40, points: 1, classes: true };
    const rows = calibration(labels, predictions, about);
    expect(value(rows, 'ece')).toBeCloseTo((0.1 + 0.15) / 2, 12);
    const chance = (Math.sqrt(20 * 0.2 * 0.8) + Math.sqrt(20 * 0.9 * 0.1)) * Math.sqrt(2 / Math.PI);
    expect(value(rows, 'ece-by-chance')).toBeCloseTo(chance / 40, 12);
    expect(rows.map(({ metric }) => metric)).toEqual(['log-loss', 'brier', 'ece', 'ece-by-chance']);
  });

  test.each([
    ['even', (u: number) => u],
    ['sure', (u: number) => (u < 0.5 ? u ** 4 : 1 - (1 - u) ** 4)],
  ])('of true probabilities (%s) it is what chance makes of it', (_, probability) => {
    const errors = Array.from({ length: 60 }, (_, seed) => {
      const { rows } = drawn(400, probability, undefined, seed, 10);
      return value(rows, 'ece')! - value(rows, 'ece-by-chance')!;
    });
    const mean = errors.reduce((a, b) => a + b, 0) / errors.length;
    const spread = Math.sqrt(errors.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (60 * 59));
    expect(Math.abs(mean)).toBeLessThan(3 * spread);
    // It falls with the episodes, to 0.
    expect(value(drawn(100_000, probability).rows, 'ece')).toBeLessThan(0.006);
  });

  test('of wrong ones it is how wrong they are, and the interval says so', () => {
    const { rows } = drawn(
      20_000,
      (u) => u,
      (p) => 0.5 + 0.5 * (p - 0.5),
    );
    const ece = rows.find(({ metric }) => metric === 'ece')!;
    expect(ece.value).toBeCloseTo(0.125, 2); // E|p − ½|/2
    expect(ece.low).toBeGreaterThan(0.115);
    expect(ece.low).toBeLessThan(0.125);
    expect(ece.high).toBeGreaterThan(0.125);
  });

  test('are −1 and 1', () => {
    const predictions = { values: Float64Array.of(0), episodes: 1, points: 1, classes: true };
    expect(() =>
      calibration({ y: Float64Array.of(0.5), episodes: 1, points: 1 }, predictions, about),
    ).toThrow('the labels of classes are −1 and 1, not 0.5');
  });
});
