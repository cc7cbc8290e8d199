import fc from 'fast-check';
import { Matrix as Dense, determinant, inverse } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { beliefs } from '../core/beliefs.js';
import { random } from '../core/random.js';
import { LOO_GRID, parseLearner } from '../learners/index.js';
import { textbookContender } from './contenders.js';
import type { Encoding, Matrix } from './encode.js';
import { fitAveragedRidge, fitLinear, predictLinear } from './linear.js';

const draw = (rows: number, width: number, seed: number): { x: Matrix; y: Float64Array; query: Matrix } => {
  const stream = random(seed, 'linear test');
  const matrix = (count: number) => ({
    values: Float64Array.from({ length: count * width }, () => 2 + stream.normal()),
    rows: count,
    width,
  });
  const x = matrix(rows);
  const y = Float64Array.from({ length: rows }, (_, r) => 5 + x.values[r * width]! + stream.normal());
  return { x, y, query: matrix(1) };
};

/** What the learner itself says after all rows. */
async function direct(name: string, x: Matrix, y: Float64Array, query: Matrix): Promise<number> {
  const { values } = await parseLearner(name).predict({
    x: Float64Array.from([...x.values, ...query.values]),
    y: Float64Array.from([...y, 0]),
    episodes: 1,
    points: x.rows + 1,
    inputs: x.width,
    family: 'table',
    seed: 1,
  });
  return values[x.rows]!;
}

describe('linear learners fitted at once', () => {
  it.each([
    ['mean', 'mean'],
    ['ols', 'ols:intercept'],
    ['ridge:0.7', 'ridge:0.7:intercept'],
    ['ridge:loo', 'ridge:loo:intercept'],
    ['ridge:loo:intercept', 'ridge:loo:intercept'],
  ])('%s is %s', async (name, same) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 3, max: 20 }),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(),
        async (rows, width, seed) => {
          // At as many rows as coefficients least squares may be as badly conditioned as it likes.
          fc.pre(Math.abs(rows - width - 1) > 1);
          const { x, y, query } = draw(rows, width, seed);
          const [value] = predictLinear(fitLinear(name, x, y)!, query);
          const expected = await direct(same, x, y, query);
          expect(value! - expected).toBeCloseTo(0, 6);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('ridge under all λ together is their mean by the evidence of each, whatever the shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 12 }),
        fc.integer({ min: 1, max: 15 }),
        fc.nat(),
        (rows, width, seed) => {
          const { x, y, query } = draw(rows, width, seed);
          const mean = y.reduce((a, b) => a + b, 0) / rows;
          const column = Dense.columnVector(y.map((label) => label - mean));
          const raw = Dense.from1DArray(rows, width, [...x.values]);
          const centred = raw.subRowVector(raw.mean('column'));
          const kernel = centred.mmul(centred.transpose());
          // The density of centred labels, their variance integrated out under 1/σ².
          const scores = LOO_GRID.map((lambda) => {
            const covariance = Dense.add(Dense.eye(rows), Dense.div(kernel, lambda));
            const square = column.transpose().mmul(inverse(covariance)).mmul(column).get(0, 0);
            return -Math.log(determinant(covariance)) / 2 - ((rows - 1) / 2) * Math.log(square);
          });
          const each = LOO_GRID.map(
            (lambda) => predictLinear(fitLinear(`ridge:${lambda}`, x, y)!, query)[0]!,
          );
          const expected = beliefs(scores).reduce((sum, share, at) => sum + share * each[at]!, 0);
          expect(predictLinear(fitAveragedRidge(x, y), query)[0]).toBeCloseTo(expected, 6);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('ridge under all λ together takes labels that are all the same, and labels on a line', () => {
    const { x, query } = draw(6, 2, 3);
    expect(predictLinear(fitAveragedRidge(x, new Float64Array(6).fill(4)), query)[0]).toBeCloseTo(4, 12);
    const line = Float64Array.from({ length: 6 }, (_, r) => 3 * x.values[2 * r]! + 1);
    expect(predictLinear(fitAveragedRidge(x, line), query)[0]).toBeCloseTo(3 * query.values[0]! + 1, 1);
  });

  it('takes columns that say the same twice, and constant ones', () => {
    const { x, y } = draw(10, 1, 1);
    const values = Float64Array.from({ length: 30 }, (_, i) =>
      i % 3 === 2 ? 7 : x.values[Math.floor(i / 3)]!,
    );
    const fit = fitLinear('ols', { values, rows: 10, width: 3 }, y)!;
    const once = fitLinear('ols', x, y)!;
    expect(fit.weights[0]).toBeCloseTo(once.weights[0]! / 2, 9);
    expect(fit.weights[1]).toBeCloseTo(once.weights[0]! / 2, 9);
    expect(fit.weights[2]).toBeCloseTo(0, 9);
  });

  it('leaves other learners to themselves', async () => {
    const { x, y, query } = draw(12, 3, 1);
    expect(fitLinear('knn:3', x, y)).toBeUndefined();
    const encoding = { target: { name: 'y', mean: 1, scale: 2 } } as Encoding;
    const predict = await textbookContender('knn:3').fit({ encoding, x, y, seed: 1 });
    expect((await predict(query))[0]).toBeCloseTo(2 * (await direct('knn:3', x, y, query)) + 1, 9);
  });
});
