import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import { classQuality, clearlyWorse, numberQuality, topOf } from './quality.js';

describe('the quality of classes', () => {
  const truth = [0, 1, 1, 0];
  const own = Float64Array.from([0.9, 0.1, 0.3, 0.7, 0.6, 0.4, 0.8, 0.2]);
  const constant = Float64Array.from([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
  const head = Float64Array.from([0, 1, 0, 1, 0, 1, 0, 1]);
  const quality = classQuality({ k: 2, truth, own, constant, head });

  it('is the share that is right, beside that of the first class and of the head', () => {
    expect(quality).toMatchObject({
      rows: 4,
      metric: 'accuracy',
      score: { own: 3 / 4, constant: 1 / 2, head: 1 / 2 },
    });
  });

  it('has the mean −log probability as loss, of which no row decides all', () => {
    const log = (...p: number[]) => -p.reduce((sum, value) => sum + Math.log(value), 0) / p.length;
    expect(quality.loss.own).toBeCloseTo(log(0.9, 0.7, 0.4, 0.8), 12);
    expect(quality.loss.constant).toBeCloseTo(Math.LN2, 12);
    expect(quality.loss.head).toBeCloseTo(log(1e-3, 1, 1, 1e-3), 12);
  });

  it('has a margin that narrows with the rows, and is no certainty though all are right', () => {
    const right = (n: number) => {
      const p = Float64Array.from({ length: 2 * n }, (_, i) => 1 - (i % 2));
      const labels = new Array<number>(n).fill(0);
      return classQuality({ k: 2, truth: labels, own: p, constant: p, head: p });
    };
    // Agresti and Coull: two successes and two failures more.
    expect(quality.margin).toBeCloseTo(2 * Math.sqrt(((5 / 8) * (3 / 8)) / 8), 12);
    expect(right(10).score.own).toBe(1);
    expect(right(10).margin).toBeCloseTo(2 * Math.sqrt(((12 / 14) * (2 / 14)) / 14), 12);
    expect(right(1000).margin).toBeLessThan(right(10).margin / 10);
  });
});

describe('the quality of numbers', () => {
  const q = 4;
  const flat = (values: readonly number[]) =>
    Float64Array.from(values.flatMap((value) => new Array<number>(q).fill(value)));
  const truth = [1, 2, 3, 6];
  const head = Float64Array.from([2, 2, 3, 5]);
  const own = Float64Array.from([0, 1, 2, 3, 1, 2, 2, 3, 3, 3, 3, 3, 9, 9, 9, 9]);
  const quality = numberQuality({ q, truth, own, constant: flat([3, 3, 3, 3]), head, level: 0.5 });
  const squares = { own: 0.25 + 0 + 0 + 9, constant: 4 + 1 + 0 + 9, head: 1 + 0 + 0 + 1 };

  it('has R², 1 − squared error ÷ that of the mean, of which the mean has 0', () => {
    expect(quality).toMatchObject({ rows: 4, metric: 'r2' });
    expect(quality.score.own).toBeCloseTo(1 - squares.own / squares.constant, 12);
    expect(quality.score.constant).toBe(0);
    expect(quality.score.head).toBeCloseTo(1 - squares.head / squares.constant, 12);
  });

  it('has the root mean squared error in the target’s units', () => {
    for (const who of ['own', 'constant', 'head'] as const)
      expect(quality.rmse![who]).toBeCloseTo(Math.sqrt(squares[who] / 4), 12);
  });

  it('has the mean pinball loss, of one number half its absolute error', () => {
    expect(quality.loss.constant).toBeCloseTo((2 + 1 + 0 + 3) / 4 / 2, 12);
    expect(quality.loss.head).toBeCloseTo((1 + 0 + 0 + 1) / 4 / 2, 12);
  });

  it('counts the labels that are in the interval', () => {
    // [0.5, 2.5] has 1, [1.5, 2.5] has 2, [3, 3] has 3, [9, 9] has no 6.
    expect(quality.coverage).toBe(3 / 4);
  });

  it('has a margin that holds R² of the population about as often as two standard errors do', () => {
    const runs = 200;
    let inside = 0;
    for (let run = 0; run < runs; run++) {
      const stream = random(run, 'r2');
      const means = Array.from({ length: 80 }, () => stream.normal());
      const labels = means.map((mean) => mean + stream.normal());
      const answers = {
        own: flat(means),
        constant: flat(means.map(() => 0)),
        head: Float64Array.from(means),
      };
      const { score, margin } = numberQuality({ q, truth: labels, ...answers, level: 0.5 });
      // The population’s is 1 − 1/2.
      if (Math.abs(score.own - 0.5) <= margin) inside++;
    }
    expect(inside / runs).toBeGreaterThan(0.88);
    expect(inside / runs).toBeLessThan(0.995);
  });
});

it('the top class is the first of the greatest', () => {
  expect(topOf([0.2, 0.4, 0.4])).toBe(1);
  expect(topOf([1])).toBe(0);
});

describe('clearly worse', () => {
  const losses = (by: number) => Array.from({ length: 40 }, (_, i) => 1 + by + 0.3 * Math.sin(7 * i));
  const other = Array.from({ length: 40 }, (_, i) => 1 + 0.3 * Math.sin(11 * i + 1));

  it('is what is above by more than two standard errors, row for row', () => {
    expect(clearlyWorse(losses(0.3), other)).toBe(true);
    expect(clearlyWorse(losses(0.01), other)).toBe(false);
    expect(clearlyWorse(losses(-0.3), other)).toBe(false);
    expect(clearlyWorse(other, other)).toBe(false);
  });

  it('cannot be said of one row', () => {
    expect(clearlyWorse([5], [1])).toBe(false);
  });
});
