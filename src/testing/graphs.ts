import { sizeOf } from '../core/array.js';
import { random } from '../core/random.js';
import { evaluate } from '../graph/evaluate.js';
import { gradients } from '../graph/gradients.js';
import { mul, reduceSum } from '../graph/ops/index.js';
import { constant, graph, input, type Tensor, type Value } from '../graph/tensor.js';
import { relativeError } from './compare.js';

/** Numbers for an array of this shape: normal, and none within `away` of zero, where some ops have a kink. */
export function numbers(shape: readonly number[], seed: number, away = 0): Value {
  const stream = random(seed, 'numbers', ...shape);
  const data = Float64Array.from({ length: sizeOf(shape) }, () => {
    const value = stream.normal();
    return value + Math.sign(value) * away;
  });
  return { shape, data };
}

/** A function of tensors that is under test. */
export type Build = (...inputs: Tensor[]) => Tensor;

/** Inputs named `x0`, `x1`, … and the function on them. */
export function built(build: Build, shapes: readonly (readonly number[])[]) {
  const inputs = shapes.map((shape, i) => input(`x${i}`, shape));
  return { inputs, output: build(...inputs) };
}

/**
 * The largest relative difference between gradients by rule and by central differences, both in float64, of a random
 * projection of the function's output.
 */
export function gradientError(build: Build, values: readonly Value[], step = 1e-5): number {
  const { inputs, output } = built(
    build,
    values.map(({ shape }) => shape),
  );
  const shape = output.shape as readonly number[];
  const loss = reduceSum(mul(output, constant(numbers(shape, 99).data, shape)));
  const slopes = gradients(loss, inputs);
  const feeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
  const byRule = evaluate(graph(Object.fromEntries(slopes.map((slope, i) => [`d${i}`, slope]))), feeds);
  const lossGraph = graph({ loss });
  const lossAt = (i: number, j: number, change: number) => {
    const data = values[i]!.data.slice();
    data[j]! += change;
    return evaluate(lossGraph, { ...feeds, [`x${i}`]: { shape: values[i]!.shape, data } }).loss!.data[0]!;
  };
  return Math.max(
    ...values.map((value, i) => {
      const byDifference = Float64Array.from(
        value.data,
        (_, j) => (lossAt(i, j, step) - lossAt(i, j, -step)) / (2 * step),
      );
      return relativeError(byRule[`d${i}`]!.data, byDifference);
    }),
  );
}
