/**
 * Examples as numbers. Letters for axes in this room: N examples, D numbers of a vector, K outputs (numbers to predict, or
 * classes).
 */
export interface Examples {
  /** Vectors as the encoder gave them, [N,D]. */
  readonly x: Float64Array;
  /** Targets, [N,K]. */
  readonly y: Float64Array;
  /** How much each example counts, [N], greater than 0. */
  readonly weight: Float64Array;
  readonly rows: number;
  readonly width: number;
  readonly outputs: number;
}

/** Examples and one more behind them. */
export function withExample(
  examples: Examples,
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weight = 1,
): Examples {
  return {
    ...examples,
    rows: examples.rows + 1,
    x: appended(examples.x, x),
    y: appended(examples.y, y),
    weight: appended(examples.weight, [weight]),
  };
}

/** Examples without the one at this index. */
export function withoutExample(examples: Examples, index: number): Examples {
  const { x, y, weight, rows, width, outputs } = examples;
  return {
    ...examples,
    rows: rows - 1,
    x: without(x, index, width),
    y: without(y, index, outputs),
    weight: without(weight, index, 1),
  };
}

/** The mean vector of examples by weight, [D]. */
export function meanVector({ x, weight, rows, width }: Examples): Float64Array {
  const mean = new Float64Array(width);
  let sum = 0;
  for (let i = 0; i < rows; i++) {
    sum += weight[i]!;
    for (let j = 0; j < width; j++) mean[j]! += weight[i]! * x[i * width + j]!;
  }
  for (let j = 0; j < width; j++) mean[j]! /= sum;
  return mean;
}

export function appended(a: Float64Array, b: ArrayLike<number>): Float64Array {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

export function without(a: Float64Array, index: number, width: number): Float64Array {
  const rest = new Float64Array(a.length - width);
  rest.set(a.subarray(0, index * width));
  rest.set(a.subarray((index + 1) * width), index * width);
  return rest;
}
