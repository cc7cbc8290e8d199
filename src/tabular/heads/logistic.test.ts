import { Matrix as Dense, solve } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import { logistic } from '../../learners/index.js';
import type { Matrix } from '../encode.js';
import { fitLogistic, type LogisticPath } from './logistic.js';

const LAMBDAS = [300, 30, 3, 0.3, 0.03];

interface Labelled {
  readonly x: Matrix;
  readonly y: Int32Array;
  readonly k: number;
}

/** Rows of normal numbers of mean 0 and deviation 1, with classes drawn from a multinomial logistic model. */
function draw(rows: number, width: number, k: number, strength = 2, seed = 1): Labelled {
  const stream = random(seed, 'logistic');
  const weights = Array.from({ length: width * k }, () => (strength * stream.normal()) / Math.sqrt(width));
  const values = Float64Array.from({ length: rows * width }, () => stream.normal());
  for (let w = 0; w < width; w++) {
    const column = Array.from({ length: rows }, (_, r) => values[r * width + w]!);
    const mean = column.reduce((a, b) => a + b) / rows;
    const deviation = Math.sqrt(column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows);
    for (let r = 0; r < rows; r++) values[r * width + w] = (values[r * width + w]! - mean) / deviation;
  }
  const y = Int32Array.from({ length: rows }, (_, r) => {
    if (r < k) return r;
    // The largest of the scores with Gumbel noise is a draw from their softmax.
    const scores = Array.from({ length: k }, (_, c) => {
      let score = -Math.log(-Math.log(stream.uniform() + 1e-12));
      for (let w = 0; w < width; w++) score += values[r * width + w]! * weights[w * k + c]!;
      return score;
    });
    return scores.indexOf(Math.max(...scores));
  });
  return { x: { values, rows, width }, y, k };
}

/** Σ −log p(y|x) + (λ/2)‖W‖² and the probabilities, of weights [width+1,K] whose last row is the constant. */
function evaluate({ x, y, k }: Labelled, lambda: number, weights: ArrayLike<number>) {
  const p = new Float64Array(x.rows * k);
  let loss = 0;
  for (let r = 0; r < x.rows; r++) {
    const scores = Array.from({ length: k }, (_, c) => {
      let score = weights[x.width * k + c]!;
      for (let w = 0; w < x.width; w++) score += x.values[r * x.width + w]! * weights[w * k + c]!;
      return score;
    });
    const top = Math.max(...scores);
    const sum = scores.reduce((all, score) => all + Math.exp(score - top), 0);
    scores.forEach((score, c) => {
      p[r * k + c] = Math.exp(score - top) / sum;
    });
    loss += top + Math.log(sum) - scores[y[r]!]!;
  }
  for (let i = 0; i < x.width * k; i++) loss += (lambda / 2) * weights[i]! ** 2;
  return { loss, p };
}

/** The minimum by Newton's method with the whole Hessian, steps halved where one would ascend. */
function newton(data: Labelled, lambda: number) {
  const { x, y, k } = data;
  const size = (x.width + 1) * k;
  let weights = new Float64Array(size);
  const at = (r: number, w: number) => (w < x.width ? x.values[r * x.width + w]! : 1);
  for (let step = 0; step < 60; step++) {
    const { p, loss } = evaluate(data, lambda, weights);
    const slope = new Float64Array(size);
    const hessian = Dense.zeros(size, size);
    for (let i = 0; i < size; i++) {
      const [w, c] = [Math.floor(i / k), i % k];
      if (w < x.width) slope[i] = lambda * weights[i]!;
      for (let r = 0; r < x.rows; r++) slope[i]! += at(r, w) * (p[r * k + c]! - (y[r] === c ? 1 : 0));
      for (let j = 0; j < size; j++) {
        const [v, d] = [Math.floor(j / k), j % k];
        let sum = i === j ? (w < x.width ? lambda : 1e-9) : 0;
        for (let r = 0; r < x.rows; r++)
          sum += at(r, w) * at(r, v) * p[r * k + c]! * ((c === d ? 1 : 0) - p[r * k + d]!);
        hessian.set(i, j, sum);
      }
    }
    const whole = solve(hessian, Dense.columnVector(slope)).to1DArray();
    let share = 1;
    let next = weights;
    do {
      next = weights.map((weight, i) => weight - share * whole[i]!);
      share /= 2;
    } while (evaluate(data, lambda, next).loss > loss + 1e-12 && share > 1e-9);
    const moved = next.reduce((most, weight, i) => Math.max(most, Math.abs(weight - weights[i]!)), 0);
    weights = next;
    if (moved < 1e-9) break;
  }
  return evaluate(data, lambda, weights);
}

/** The weights of a path, from its answers at the origin and one step along each input: they sum to 0 over the classes. */
function weightsOf(path: LogisticPath, width: number, k: number, at: number): Float64Array {
  const values = new Float64Array((width + 1) * width);
  for (let w = 0; w < width; w++) values[w * width + w] = 1;
  const logs = path
    .probabilities({ values, rows: width + 1, width })(at)
    .map(Math.log);
  const weights = logs.map((log, i) => (i < width * k ? log - logs[width * k + (i % k)]! : log));
  for (let w = 0; w <= width; w++) {
    const mean = weights.subarray(w * k, (w + 1) * k).reduce((a, b) => a + b) / k;
    for (let c = 0; c < k; c++) weights[w * k + c]! -= mean;
  }
  return weights;
}

const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

function expectProbabilities(p: Float64Array, k: number): void {
  expect(p.every((value) => value >= 0 && value <= 1)).toBe(true);
  for (let at = 0; at < p.length; at += k)
    expect(p.subarray(at, at + k).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
}

/** What is left of the way to the optimum, of probabilities: see the tolerance of the rounds. */
const CONVERGED = 5e-3;

describe('multinomial logistic regression', () => {
  it.each([
    ['two classes', draw(40, 3, 2)],
    ['three classes', draw(60, 4, 3)],
    ['weights that are large', draw(50, 4, 3, 10)],
    ['one column', draw(30, 1, 3)],
  ] as const)('is where the gradient of the penalised loss vanishes: %s', (_, data) => {
    const { x, k } = data;
    const path = fitLogistic(x, data.y, k, LAMBDAS);
    LAMBDAS.forEach((lambda, at) => {
      const weights = weightsOf(path, x.width, k, at);
      expect(apart(evaluate(data, lambda, weights).p, path.probabilities(x)(at))).toBeLessThan(1e-9);
      for (let i = 0; i < weights.length; i++) {
        const [up, down] = [1e-5, -1e-5].map((step) => {
          const moved = weights.slice();
          moved[i]! += step;
          return evaluate(data, lambda, moved).loss;
        });
        expect(Math.abs(up! - down!) / 2e-5 / x.rows).toBeLessThan(1e-3);
      }
    });
  });

  it.each([
    ['three classes', draw(40, 3, 3)],
    ['columns that repeat each other', twins(draw(40, 2, 3))],
    ['more columns than rows', draw(10, 14, 2)],
  ] as const)('agrees with Newton’s method: %s', (_, data) => {
    const path = fitLogistic(data.x, data.y, data.k, LAMBDAS);
    LAMBDAS.forEach((lambda, at) => {
      const exact = newton(data, lambda);
      expect(apart(path.probabilities(data.x)(at), exact.p)).toBeLessThan(CONVERGED);
    });
  });

  it('agrees with the binary learner: two classes share its weights, so that λ is half of ours', async () => {
    const half = draw(20, 3, 2, 3, 5);
    // Each row beside its opposite with the other label: then there is no constant to learn.
    const values = Float64Array.from([...half.x.values, ...half.x.values.map((value) => -value)]);
    const y = Int32Array.from([...half.y, ...half.y.map((label) => 1 - label)]);
    const asked = Float64Array.from([0.3, -1.2, 0.5]);
    const path = fitLogistic({ values, rows: 40, width: 3 }, y, 2, [30, 2, 0.4]);
    for (const [at, lambda] of [30, 2, 0.4].entries()) {
      const { values: answers } = await logistic({ lambda: lambda / 2 }).predict({
        x: Float64Array.from([...values, ...asked]),
        y: Float64Array.from([...y.map((label) => 2 * label - 1), 0]),
        ...{ episodes: 1, points: 41, inputs: 3, family: 'test', seed: 1 },
      });
      const [, one] = path.probabilities({ values: asked, rows: 1, width: 3 })(at);
      expect(Math.abs(one! - (1 + answers[40]!) / 2)).toBeLessThan(CONVERGED);
    }
  });

  it('is the frequencies under a great penalty, and the constant is free', () => {
    const { x, y, k } = draw(50, 3, 3, 0);
    const p = fitLogistic(x, y, k, [1e9]).probabilities(x)(0);
    for (let c = 0; c < k; c++) {
      const share = y.filter((label) => label === c).length / y.length;
      for (let r = 0; r < x.rows; r++) expect(p[r * k + c]).toBeCloseTo(share, 2);
    }
  });

  it('stays finite on classes that a plane divides, and says them all rightly', () => {
    const values = Float64Array.from({ length: 30 }, (_, i) => (i - 14.5) / 8.66);
    const y = Int32Array.from(values, (value) => (value > 0 ? 1 : 0));
    const path = fitLogistic({ values, rows: 30, width: 1 }, y, 2, LAMBDAS);
    LAMBDAS.forEach((_, at) => {
      const p = path.probabilities({ values, rows: 30, width: 1 })(at);
      expectProbabilities(p, 2);
      y.forEach((label, r) => {
        expect(p[2 * r + label]).toBeGreaterThan(0.5);
      });
    });
  });

  it.each([
    [
      'a class with one row',
      { ...draw(20, 2, 2), y: Int32Array.from({ length: 20 }, (_, r) => (r ? 0 : 1)) },
    ],
    ['a class without rows', { ...draw(20, 2, 2), k: 3 }],
    ['ten classes', draw(60, 5, 10)],
    ['more columns than rows', draw(6, 40, 3)],
    ['a constant column', constants(draw(20, 3, 2), [1])],
    ['constant columns only', constants(draw(20, 2, 2), [0, 1])],
    ['no column', { ...draw(20, 1, 2), x: { values: new Float64Array(), rows: 20, width: 0 } }],
    ['two rows', draw(2, 3, 2)],
  ] as const)('gives probabilities, also of rows that are far away: %s', (_, { x, y, k }) => {
    const path = fitLogistic(x, y, k, LAMBDAS);
    const far = { ...x, values: x.values.map((value) => 100 * value) };
    LAMBDAS.forEach((_, at) => {
      expectProbabilities(path.probabilities(x)(at), k);
      expectProbabilities(path.probabilities(far)(at), k);
    });
  });
});

/** With every column twice. */
function twins(data: Labelled): Labelled {
  const { values, rows, width } = data.x;
  const both = Float64Array.from({ length: 2 * values.length }, (_, i) => {
    const [r, w] = [Math.floor(i / (2 * width)), i % width];
    return values[r * width + w]!;
  });
  return { ...data, x: { values: both, rows, width: 2 * width } };
}

/** With some columns 0. */
function constants(data: Labelled, columns: readonly number[]): Labelled {
  const values = data.x.values.map((value, i) => (columns.includes(i % data.x.width) ? 0 : value));
  return { ...data, x: { ...data.x, values } };
}
