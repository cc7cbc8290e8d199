import { describe, expect, it } from 'vitest';
import { logistic as textbook } from '../learners/logistic.js';
import { relativeError } from '../testing/compare.js';
import { ask, asking } from './ask.js';
import { asExamples, drawn } from './data.test.helper.js';
import { type Examples, withoutExample } from './examples.js';
import { firstWeight, logistic } from './logistic.js';
import { solve } from './solution.js';

/** Examples of two classes, one-hot, that a plane nearly divides. */
function classes(rows: number, width: number, seed: number): Examples {
  const { vectors, labels } = drawn({ rows, width, noise: 1 }, seed);
  const middle = labels.map(([value]) => value!).toSorted((a, b) => a - b)[rows >> 1]!;
  return asExamples(
    vectors,
    labels.map(([value]) => (value! > middle ? [1, 0] : [0, 1])),
  );
}

const logits = (examples: Examples, lambda: number, intercept: boolean, queries: readonly Float64Array[]) => {
  const solution = solve(examples, { lambda: lambda / firstWeight(examples.y, 2), intercept });
  const { coefficients } = logistic(solution, lambda);
  const asked = asking(solution);
  return Float64Array.from(queries, (query) =>
    ask(asked, query).row.reduce((sum, value, j) => sum + value * coefficients[j * 2]!, 0),
  );
};

describe.each([
  { form: 'dual', rows: 10, width: 14 },
  { form: 'primal', rows: 30, width: 5 },
])('$form', ({ rows, width }) => {
  it('without a constant is the textbook learner', async () => {
    const examples = classes(rows, width, 4);
    const { queries } = drawn({ rows: 2, width }, 8);
    const y = [...Array.from({ length: rows }, (_, i) => 2 * examples.y[i * 2]! - 1), 0];
    for (const query of queries) {
      const { values } = await textbook({ lambda: 0.5 }).predict({
        x: Float64Array.of(...examples.x, ...query),
        y: Float64Array.from(y),
        episodes: 1,
        points: rows + 1,
        inputs: width,
        family: 'test',
        seed: 0,
      });
      const [logit] = logits(examples, 0.5, false, [query]);
      expect(Math.tanh(logit! / 2)).toBeCloseTo(values.at(-1)!, 5);
    }
  });

  it('leaves out one to first order', () => {
    const examples = classes(rows, width, 5);
    const lambda = 2;
    const solution = solve(examples, { lambda: lambda / firstWeight(examples.y, 2), intercept: true });
    const { leftOut } = logistic(solution, lambda);
    const [near, exact] = [new Float64Array(rows), new Float64Array(rows)];
    for (let i = 0; i < rows; i++) {
      near[i] = leftOut[i * 2]!;
      const others = withoutExample(examples, i);
      exact[i] = logits(others, lambda, true, [examples.x.slice(i * width, (i + 1) * width)])[0]!;
    }
    expect(relativeError(near, exact)).toBeLessThan(0.15);
  });
});

it('both forms are one solution', () => {
  const examples = classes(12, 11, 6);
  const { queries } = drawn({ rows: 2, width: 11 }, 8);
  const dual = logits(examples, 0.3, true, queries);
  // The same examples with a twelfth of them twice as light and there twice are as many as dimensions and one: primal.
  const twice = (values: Float64Array) => Float64Array.of(...values, ...values);
  const doubled = {
    ...examples,
    rows: 24,
    x: twice(examples.x),
    y: twice(examples.y),
    weight: new Float64Array(24).fill(0.5),
  };
  expect(relativeError(logits(doubled, 0.3, true, queries), dual)).toBeLessThan(1e-8);
});

it('a class of which no example is left stays at its share', () => {
  const plain = classes(8, 3, 4);
  const examples = {
    ...plain,
    outputs: 3,
    y: Float64Array.from({ length: 24 }, (_, at) =>
      at % 3 === 2 ? 0 : plain.y[Math.floor(at / 3) * 2 + (at % 3)]!,
    ),
  };
  const { coefficients, leftOut } = logistic(solve(examples, { lambda: 1, intercept: true }), 0.2);
  expect(coefficients[2]).toBeCloseTo(Math.log(0.5 / 8.5), 12);
  expect(coefficients.every(Number.isFinite) && leftOut.every(Number.isFinite)).toBe(true);
});

it('settles where a plane divides the classes and λ is small', () => {
  const examples = classes(12, 40, 7);
  const solution = solve(examples, { lambda: 1e-4, intercept: true });
  const { coefficients, steps } = logistic(solution, 1e-5);
  expect(coefficients.every(Number.isFinite)).toBe(true);
  expect(steps).toBeLessThan(40);
});
