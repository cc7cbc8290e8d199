import { Matrix, solve as solveDirectly } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA } from '../testing/tolerances.js';
import { ask, asking, leaveOneOut } from './ask.js';
import { chooseLambda, GRID, spectrum } from './choose.js';
import { asExamples, drawn } from './data.test.helper.js';
import { type Examples, withoutExample } from './examples.js';
import { cholesky, solveBy } from './inverse.js';
import { add, remove, type Solution, solve } from './solution.js';

/** The textbook's weighted ridge: the normal equations of (1, x) with no penalty on the constant, solved as they stand. */
function direct(
  { x, y, weight, rows, width, outputs }: Examples,
  lambda: number,
  intercept: boolean,
  query: Float64Array,
) {
  const extra = intercept ? 1 : 0;
  const design = new Matrix(rows, width + extra);
  const weighted = new Matrix(rows, width + extra);
  const targets = Matrix.from1DArray(rows, outputs, y);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < width + extra; j++) {
      design.set(i, j, j < extra ? 1 : x[i * width + j - extra]!);
      weighted.set(i, j, weight[i]! * design.get(i, j));
    }
  const normal = weighted.transpose().mmul(design);
  for (let j = extra; j < width + extra; j++) normal.set(j, j, normal.get(j, j) + lambda);
  const weights = solveDirectly(normal, weighted.transpose().mmul(targets));
  const row = Matrix.rowVector(intercept ? [1, ...query] : [...query]);
  return Float64Array.from(row.mmul(weights).to1DArray());
}

const shapes = [
  { name: 'dual', rows: 7, width: 12, outputs: 2 },
  { name: 'primal', rows: 25, width: 4, outputs: 3 },
  { name: 'as many as dimensions', rows: 6, width: 6, outputs: 1 },
] as const;

const answers = (solution: Solution, queries: readonly Float64Array[]) =>
  Float64Array.from(queries.flatMap((query) => [...ask(asking(solution), query).values]));
const row = (values: Float64Array, i: number, width: number) => values.subarray(i * width, (i + 1) * width);

describe.each(shapes)('$name', ({ rows, width, outputs }) => {
  describe.each([true, false])('with a constant: %s', (intercept) => {
    const { vectors, labels, queries } = drawn({ rows, width, outputs }, 3);
    const plain = asExamples(vectors, labels);
    const examples = { ...plain, weight: plain.weight.map((_, i) => 1 / (1 + (i % 3))) };
    const problem = { lambda: 0.7, intercept };

    it('is the textbook solution', () => {
      const expected = Float64Array.from(
        queries.flatMap((query) => [...direct(examples, 0.7, intercept, query)]),
      );
      expect(relativeError(answers(solve(examples, problem), queries), expected)).toBeLessThan(SAME_FORMULA);
    });

    it('leaves out one as if it had never been there', () => {
      const { residuals } = leaveOneOut(solve(examples, problem));
      const wanted = new Float64Array(rows * outputs);
      for (let i = 0; i < rows; i++) {
        const fit = direct(withoutExample(examples, i), 0.7, intercept, row(examples.x, i, width));
        for (let k = 0; k < outputs; k++) wanted[i * outputs + k] = examples.y[i * outputs + k]! - fit[k]!;
      }
      expect(relativeError(residuals, wanted)).toBeLessThan(SAME_FORMULA);
    });

    it('knows what each example does to a prediction', () => {
      const solution = solve(examples, problem);
      const { residuals } = leaveOneOut(solution);
      const { values, shares } = ask(asking(solution), queries[0]!);
      for (let i = 0; i < rows; i++) {
        const without = direct(withoutExample(examples, i), 0.7, intercept, queries[0]!);
        for (let k = 0; k < outputs; k++)
          expect(shares[i]! * residuals[i * outputs + k]!).toBeCloseTo(values[k]! - without[k]!, 9);
      }
    });

    it('gives a left-out example the growth that it has as a query', () => {
      const solution = solve({ ...examples, weight: plain.weight }, problem);
      const { growths } = leaveOneOut(solution);
      const others = solve(withoutExample({ ...examples, weight: plain.weight }, 2), problem);
      expect(growths[2]).toBeCloseTo(ask(asking(others), vectors[2]!).growth, 9);
    });

    it('added and removed is never added, and added is what starting over gives', () => {
      const started = solve(plain, problem);
      const more = queries.reduce((now, query) => add(now, query, new Array(outputs).fill(1)), started);
      const over = solve(
        asExamples([...vectors, ...queries], [...labels, ...queries.map(() => new Array(outputs).fill(1))]),
        problem,
      );
      const probes = drawn({ rows: 2, width, outputs, queries: 8 }, 9).queries;
      expect(relativeError(answers(more, probes), answers(over, probes))).toBeLessThan(1e-9);
      expect(relativeError(leaveOneOut(more).growths, leaveOneOut(over).growths)).toBeLessThan(1e-9);
      const back = queries.reduce((now) => remove(now, rows), more);
      expect(relativeError(answers(back, probes), answers(started, probes))).toBeLessThan(1e-9);
      expect(relativeError(back.inverse, started.inverse)).toBeLessThan(1e-9);
      const first = remove(started, 0);
      const fewer = solve(withoutExample(plain, 0), problem);
      expect(relativeError(answers(first, probes), answers(fewer, probes))).toBeLessThan(1e-9);
    });

    it('chooses λ by the error of leaving out each example', () => {
      const { scale } = spectrum(examples, intercept);
      const { lambda, scores } = chooseLambda(examples, intercept);
      const total = examples.weight.reduce((a, b) => a + b, 0);
      for (const [l, share] of GRID.entries()) {
        // The smallest λ leave no digits where the examples are fitted exactly.
        if (share < 1e-4) continue;
        const { residuals } = leaveOneOut(solve(examples, { lambda: share * scale, intercept }));
        const error =
          residuals.reduce(
            (sum, value, at) => sum + examples.weight[Math.floor(at / outputs)]! * value ** 2,
            0,
          ) / total;
        expect(scores[l]!.lambda).toBeCloseTo(share * scale, 9);
        expect(Math.abs(scores[l]!.error - error) / error).toBeLessThan(1e-8);
      }
      const least = scores.reduce((a, b) => (b.error < a.error ? b : a));
      expect(lambda).toBe(least.lambda);
    });
  });
});

it('a thousand updates in a row leave what starting over gives', () => {
  const { vectors, labels, queries } = drawn({ rows: 30, width: 60, outputs: 2 }, 5);
  const problem = { lambda: 1e-3, intercept: true };
  let solution = solve(asExamples(vectors, labels), problem);
  for (let i = 0; i < 500; i++) solution = remove(add(solution, vectors[i % 30]!, labels[i % 30]!), 0);
  const over = solve(solution.examples, problem);
  expect(relativeError(answers(solution, queries), answers(over, queries))).toBeLessThan(1e-9);
});

it('until examples can tell, λ is the middle of the grid', () => {
  const { vectors, labels } = drawn({ rows: 2, width: 3 }, 1);
  const examples = asExamples(vectors, labels);
  const { scale } = spectrum(examples, true);
  expect(chooseLambda(examples, true).lambda / scale).toBeCloseTo(GRID[7]!, 12);
});

it('a λ that rounding swallows is refused', () => {
  const { vectors, labels } = drawn({ rows: 6, width: 3 }, 1);
  const same = asExamples([vectors[0]!, ...vectors], [labels[0]!, ...labels]);
  const tiny = { ...same, width: 10, x: new Float64Array(70).map((_, at) => Math.floor(at / 10 / 2)) };
  expect(() => solve(tiny, { lambda: 1e-40, intercept: true })).toThrow('too small for float64');
});

it('the Cholesky factor solves what a direct solver solves', () => {
  const { vectors } = drawn({ rows: 9, width: 9 }, 2);
  const a = Matrix.from1DArray(9, 9, Float64Array.from(vectors.flatMap((v) => [...v])));
  const matrix = a.mmul(a.transpose()).add(Matrix.eye(9));
  const right = Float64Array.from({ length: 9 }, (_, i) => i - 3);
  const solved = solveBy(cholesky(Float64Array.from(matrix.to1DArray()), 9)!, 9, right);
  const expected = solveDirectly(matrix, Matrix.columnVector([...right])).to1DArray();
  expect(relativeError(solved, expected)).toBeLessThan(SAME_FORMULA);
  expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined();
});
