import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { parseLearner } from '../learners/index.js';
import { textbookContender } from './contenders.js';
import type { Encoding, Matrix } from './encode.js';
import { fitLinear, predictLinear } from './linear.js';

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
