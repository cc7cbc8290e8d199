import { determinant, inverse, Matrix } from 'ml-matrix';
import { expect, it } from 'vitest';
import { random } from '../core/random.js';
import { ask, asking } from './ask.js';
import { averagedWidths } from './average.js';
import { GRID, spectrum } from './choose.js';
import type { Examples } from './examples.js';
import { solve } from './solution.js';
import { freedom, isTold, softmax, studentWithin } from './trust.js';

const drawn = (rows: number, width: number, outputs: number, forget: number): Examples => {
  const stream = random(4, 'average', rows, width);
  return {
    ...{ rows, width, outputs },
    x: Float64Array.from({ length: rows * width }, stream.normal),
    y: Float64Array.from({ length: rows * outputs }, () => 3 + stream.normal()),
    weight: Float64Array.from({ length: rows }, (_, i) => forget ** (rows - 1 - i)),
  };
};

it.each([
  { rows: 5, width: 3, outputs: 1, intercept: true, forget: 1 },
  { rows: 8, width: 3, outputs: 2, intercept: false, forget: 1 },
  { rows: 6, width: 9, outputs: 1, intercept: true, forget: 1 },
  { rows: 7, width: 12, outputs: 2, intercept: false, forget: 1 },
  { rows: 9, width: 4, outputs: 1, intercept: true, forget: 0.8 },
])('holds the level of the mixture that is solved λ by λ: %o', ({ intercept, forget, ...shape }) => {
  const examples = drawn(shape.rows, shape.width, shape.outputs, forget);
  const { rows, width, outputs, x, y, weight } = examples;
  const level = 0.9;
  const { worth, degrees } = freedom(weight, intercept);
  const total = weight.reduce((a, b) => a + b, 0);
  // Inner products and targets, weighted; a constant takes its direction out of both.
  const root = Matrix.diag([...weight.map(Math.sqrt)]);
  const ones = root.mmul(Matrix.ones(rows, 1));
  const centre = intercept ? Matrix.eye(rows).sub(ones.mmul(ones.transpose()).div(total)) : Matrix.eye(rows);
  const raw = centre.mmul(root).mmul(Matrix.from1DArray(rows, width, [...x]));
  const kernel = raw.mmul(raw.transpose());
  const query = Float64Array.from({ length: width }, (_, j) => Math.cos(3 * j));
  const value = Float64Array.from({ length: outputs }, (_, k) => 2 + k);
  const widths = averagedWidths(examples, { intercept, level })(query, value);
  const { scale } = spectrum(examples, intercept);
  for (let k = 0; k < outputs; k++) {
    const column = centre.mmul(root).mmul(Matrix.columnVector(y.filter((_, at) => at % outputs === k)));
    const parts = GRID.map((share) => {
      const lambda = share * scale;
      const solution = solve(examples, { lambda, intercept });
      const { values, growth } = ask(asking(solution), query);
      const covariance = Matrix.add(Matrix.eye(rows), Matrix.div(kernel, lambda));
      const square = column.transpose().mmul(inverse(covariance)).mmul(column).get(0, 0) / lambda;
      return {
        value: values[k]!,
        deviation: Math.sqrt((square / (total * (degrees / worth))) * growth),
        evidence: -(Math.log(determinant(covariance)) + degrees * Math.log(lambda * square)) / 2,
      };
    });
    const shares = softmax(
      Float64Array.from(parts, ({ evidence }) => evidence),
      1,
    );
    const below = (t: number) => 0.5 + (Math.sign(t) * studentWithin(Math.abs(t), degrees)) / 2;
    const held = parts.reduce((sum, part, at) => {
      const [from, to] = [value[k]! - widths[k]!, value[k]! + widths[k]!];
      const inside = below((to - part.value) / part.deviation) - below((from - part.value) / part.deviation);
      return sum + shares[at]! * inside;
    }, 0);
    expect(held).toBeCloseTo(level, 6);
  }
});

it('asks for twice as many examples as the quantile needs, and as dimensions', () => {
  expect(isTold(drawn(17, 3, 1, 1), 0.9)).toBe(false);
  expect(isTold(drawn(18, 3, 1, 1), 0.9)).toBe(true);
  expect(isTold(drawn(18, 9, 1, 1), 0.9)).toBe(false);
  expect(isTold(drawn(20, 9, 1, 1), 0.9)).toBe(true);
  expect(isTold(drawn(20, 3, 1, 0.9), 0.9)).toBe(false);
});

it('what is all but forgotten has no say', () => {
  const own = drawn(20, 3, 1, 1);
  const weight = own.weight.map((_, i) => (i < 12 ? 1e-13 : 1));
  const kept = { ...own, rows: 8, x: own.x.slice(36), y: own.y.slice(12), weight: own.weight.slice(12) };
  const settings = { intercept: true, level: 0.9 };
  const query = [Float64Array.of(1, -2, 0.5), Float64Array.of(3)] as const;
  const [width] = averagedWidths({ ...own, weight }, settings)(...query);
  expect(width).toBeCloseTo(averagedWidths(kept, settings)(...query)[0]!, 5);
});
