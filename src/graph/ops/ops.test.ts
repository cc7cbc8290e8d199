import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeEngine } from '../../engine/node.js';
import { relativeError } from '../../testing/compare.js';
import { type Build, built, gradientError, numbers } from '../../testing/graphs.js';
import { FINITE_DIFFERENCES, SINGLE_PRECISION } from '../../testing/tolerances.js';
import { gelu } from '../composites/gelu.js';
import { normalisedLinear } from '../composites/normalised-linear.js';
import { evaluate } from '../evaluate.js';
import { orthogonalise } from '../optimise/muon.js';
import { simplify } from '../rewrite.js';
import { constant, graph, input } from '../tensor.js';
import { erfValue } from './erf.js';
import * as o from './index.js';

// One table of cases drives every test: gradient rule against finite differences, ONNX Runtime against the slow evaluator,
// the simplified graph against the plain one.
const cases: Record<string, { shapes: number[][]; build: Build; positive?: boolean; away?: number }> = {
  add: {
    shapes: [
      [2, 3],
      [2, 3],
    ],
    build: (a, b) => o.add(a!, b!),
  },
  'add, broadcast both ways': {
    shapes: [
      [2, 1, 3],
      [4, 1],
    ],
    build: (a, b) => o.add(a!, b!),
  },
  'add a scalar': { shapes: [[2, 3], []], build: (a, b) => o.add(a!, b!) },
  sub: { shapes: [[2, 3], [3]], build: (a, b) => o.sub(a!, b!) },
  mul: {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    build: (a, b) => o.mul(a!, b!),
  },
  'a tensor with itself': { shapes: [[2, 3]], build: (a) => o.mul(a!, o.add(a!, a!)) },
  div: { shapes: [[2, 3], [3]], build: (a, b) => o.div(a!, b!), away: 0.5 },
  min: { shapes: [[3, 4], [4]], build: (a, b) => o.min(a!, b!) },
  max: { shapes: [[3, 4], [4]], build: (a, b) => o.max(a!, b!) },
  where: { shapes: [[3, 4], [4], [3, 1]], build: (a, b, c) => o.where(o.greater(a!, 0.1), b!, c!) },
  neg: { shapes: [[5]], build: (a) => o.neg(a!) },
  exp: { shapes: [[5]], build: (a) => o.exp(a!) },
  log: { shapes: [[5]], build: (a) => o.log(a!), positive: true },
  sqrt: { shapes: [[5]], build: (a) => o.sqrt(a!), positive: true },
  tanh: { shapes: [[5]], build: (a) => o.tanh(a!) },
  erf: { shapes: [[5]], build: (a) => o.erf(a!) },
  relu: { shapes: [[7]], build: (a) => o.relu(a!), away: 0.01 },
  abs: { shapes: [[7]], build: (a) => o.abs(a!), away: 0.01 },
  square: { shapes: [[7]], build: (a) => o.square(a!) },
  eyeLike: { shapes: [[3, 3]], build: (a) => o.add(o.eyeLike(a!), o.square(a!)) },
  gelu: { shapes: [[3, 4]], build: (a) => gelu(a!) },
  'gelu between products': {
    shapes: [
      [8, 2, 4],
      [4, 3],
      [3, 2],
    ],
    build: (x, w, v) => o.matmul(gelu(o.matmul(x!, w!)), v!),
  },
  reshape: { shapes: [[2, 6]], build: (a) => o.reshape(a!, [3, 4]) },
  transpose: { shapes: [[2, 3, 4]], build: (a) => o.transpose(a!, [2, 0, 1]) },
  slice: { shapes: [[4, 5]], build: (a) => o.slice(a!, 1, 1, 3) },
  'slice with a step': { shapes: [[7, 2]], build: (a) => o.slice(a!, 0, 1, 3, 2) },
  pad: { shapes: [[2, 3]], build: (a) => o.pad(a!, -1, 1, 2, 5) },
  concat: {
    shapes: [
      [2, 1, 3],
      [2, 4, 3],
    ],
    build: (a, b) => o.concat([a!, b!, a!], 1),
  },
  split: { shapes: [[2, 6]], build: (a) => o.split(a!, [1, 2, 3], 1)[1]! },
  expand: { shapes: [[3, 1]], build: (a) => o.expand(a!, [2, 3, 4]) },
  'sum over an axis': { shapes: [[2, 3, 4]], build: (a) => o.reduceSum(a!, [1]) },
  'sum, axes kept': { shapes: [[2, 3, 4]], build: (a) => o.reduceSum(a!, [0, -1], true) },
  'sum of all': { shapes: [[2, 3]], build: (a) => o.reduceSum(a!) },
  mean: { shapes: [[2, 3, 4]], build: (a) => o.reduceMean(a!, [0, 2]) },
  matmul: {
    shapes: [
      [2, 3],
      [3, 4],
    ],
    build: (a, b) => o.matmul(a!, b!),
  },
  'matmul with batch': {
    shapes: [
      [2, 3, 4],
      [2, 4, 2],
    ],
    build: (a, b) => o.matmul(a!, b!),
  },
  'matmul of many rows': {
    shapes: [
      [5, 3, 4],
      [4, 2],
    ],
    build: (a, b) => o.matmul(a!, b!),
  },
  'matmul, batch broadcast': {
    shapes: [
      [2, 1, 3, 4],
      [5, 4, 2],
    ],
    build: (a, b) => o.matmul(a!, b!),
  },
  'matmul, matrix on the left': {
    shapes: [
      [3, 4],
      [5, 4, 2],
    ],
    build: (a, b) => o.matmul(a!, b!),
  },
  softmax: { shapes: [[3, 5]], build: (a) => o.softmax(a!) },
  'scaled and masked softmax': {
    shapes: [[2, 3, 3]],
    build: (a) => o.softmax(o.add(o.mul(a!, 0.7), constant([0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0], [3, 3]))),
  },
  standardise: { shapes: [[3, 6]], build: (a) => o.standardise(a!, 1e-5)[0] },
  'normalised linear': {
    shapes: [[2, 3, 4], [4], [4], [4, 5], [5]],
    build: (x, gain, bias, weight, b) =>
      normalisedLinear(x!, { gain: gain!, bias: bias! }, { weight: weight!, bias: b! }, 1e-5),
  },
  'Newton–Schulz iterations': { shapes: [[2, 4, 3]], build: (a) => orthogonalise(a!, 2) },
};

describe.each(Object.entries(cases))('%s', (_name, { shapes, build, positive = false, away = 0 }) => {
  const values = shapes.map((shape, i) => {
    const { data } = numbers(shape, i + 1, away);
    return { shape, data: positive ? data.map((value) => Math.abs(value) + 0.5) : data };
  });
  const feeds = Object.fromEntries(values.map((value, i) => [`x${i}`, value]));
  const { output } = built(build, shapes);
  const computed = graph({ output });

  it('has a gradient rule that finite differences confirm', () => {
    expect(gradientError(build, values)).toBeLessThan(FINITE_DIFFERENCES);
  });

  it('is the same after simplification', () => {
    const plain = evaluate(computed, feeds).output!;
    const simple = evaluate(simplify(computed), feeds).output!;
    expect(simple.shape).toEqual(plain.shape);
    expect(relativeError(simple.data, plain.data)).toBeLessThan(1e-12);
  });

  it('is the same on ONNX Runtime', async () => {
    const program = await nodeEngine({ threads: 1 }).compile(computed);
    const result = (await program.run(feeds)).output!;
    await program.release();
    const expected = evaluate(computed, feeds).output!;
    expect(result.shape).toEqual(expected.shape);
    expect(relativeError(result.data, expected.data)).toBeLessThan(SINGLE_PRECISION);
  });
});

describe('properties over shapes', () => {
  const dims = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });

  it('transposing back and forth is nothing, and simplification knows', () => {
    fc.assert(
      fc.property(dims, fc.infiniteStream(fc.nat()), (shape, keys) => {
        const order = shape
          .map((_, i) => ({ i, key: keys.next().value }))
          .sort((a, b) => a.key - b.key)
          .map(({ i }) => i);
        const x = input('x', shape);
        const back = o.transpose(
          o.transpose(x, order),
          order.map((_, axis) => order.indexOf(axis)),
        );
        expect(simplify(graph({ back })).outputs.back).toBe(x);
      }),
    );
  });

  it('broadcasting sums gradients back to each operand’s own shape', () => {
    fc.assert(
      fc.property(dims, fc.infiniteStream(fc.boolean()), (shape, coins) => {
        const lean = shape.map((size) => (coins.next().value ? 1 : size)).slice(coins.next().value ? 1 : 0);
        const error = gradientError((a, b) => o.mul(a!, b!), [numbers(shape, 1), numbers(lean, 2)]);
        expect(error).toBeLessThan(FINITE_DIFFERENCES);
      }),
      { numRuns: 30 },
    );
  });

  it('splitting and concatenating is nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }), (sizes) => {
        const value = numbers([2, sizes.reduce((a, b) => a + b)], 3);
        const x = input('x', value.shape);
        const again = evaluate(graph({ again: o.concat(o.split(x, sizes, 1), 1) }), { x: value }).again!;
        expect(again.data).toEqual(value.data);
      }),
    );
  });
});

describe('errors', () => {
  it('name the op, the shapes and the label', () => {
    const [a, b] = [input('a', [2, 3]), input('b', [4, 5])];
    expect(() => o.matmul(a, b, 'blocks.0.query')).toThrow(
      'MatMul at blocks.0.query: inner axes 3 and 4 differ (inputs: [2,3], [4,5])',
    );
    expect(() => o.add(a, b)).toThrow('Add: shapes [2,3] and [4,5] do not broadcast');
    expect(() => o.reshape(a, [7])).toThrow('Reshape: cannot become [7]');
    expect(() => o.slice(a, 0, 1, 2)).toThrow('Slice: no 2 entries from 1 on axis 0');
    expect(() => o.concat([a, b], 0)).toThrow('Concat: axes other than 0 differ');
    expect(() => o.where(a, a, a)).toThrow('Where: the condition must be boolean');
  });

  it('refuse booleans where numbers belong', () => {
    const a = input('a', [2, 3]);
    const test = o.greater(a, 0);
    for (const build of [o.add, o.greater, o.matmul])
      expect(() => build(test, test)).toThrow('booleans are no numbers; turn them into numbers with where');
    expect(() => o.softmax(test)).toThrow('booleans are no numbers');
    expect(() => o.reduceSum(test)).toThrow('booleans are no numbers');
    expect(() => o.pad(test, 0, 1, 0)).toThrow('booleans are no numbers');
    expect(() => gelu(test)).toThrow('booleans are no numbers');
    expect(() => o.where(test, test, a)).toThrow('Where: both sides must be real numbers');
    expect(() => o.concat([test, a], 0)).toThrow('Concat: booleans and real numbers do not go together');
    expect(o.reshape(test, [6]).dtype).toBe('bool');
  });

  it('say which axes do not fit', () => {
    const [a, open] = [input('a', [2, 3]), input('open', ['n', 1])];
    expect(() => o.concat([a, input('b', [2])], 0)).toThrow('Concat: the numbers of axes differ');
    expect(() => o.concat([a, a], 2)).toThrow('Concat: no axis 2');
    expect(() => o.concat([], 0)).toThrow('Concat: no tensors');
    expect(() => o.rows(input('c', ['a', 'b', 3]))).toThrow(
      'rows: axes a and b are both open (inputs: [a,b,3])',
    );
    expect(() => o.rows(input('c', []))).toThrow('rows: a scalar has no axes');
    expect(() => o.softmax(input('c', []))).toThrow('Softmax: a scalar has no axes');
    expect(() => o.standardise(input('c', [2, 'n']), 1e-5)).toThrow(
      'standardise: the last axis must have a fixed length',
    );
    expect(() => o.expand(a, ['n', 2, 3])).toThrow(
      'Expand: an axis that is made must have a fixed length, got "n"',
    );
    expect(() => o.zerosLike(open)).toThrow('Expand: an axis that is made must have a fixed length');
    expect(o.expand(open, ['n', 3]).shape).toEqual(['n', 3]);
  });

  it('refuse a graph with one name for two things', () => {
    const a = input('a', [2]);
    expect(() => graph({ a: o.mul(a, 2) })).toThrow(
      'graph: an input and an output are both called "a"; rename one',
    );
    expect(() => graph({ b: o.mul(a, input('a', [2])) })).toThrow(
      'graph: two inputs are called "a"; rename one',
    );
  });
});

describe('open axes', () => {
  it('take their length from what is fed', async () => {
    const x = input('x', ['rows', 3]);
    // The expansion keeps the open axis.
    const column = o.expand(o.reduceMean(x, [1], true), ['rows', 3]);
    const computed = graph({ y: o.reshape(o.softmax(o.tanh(o.mul(column, x))), ['rows', 3, 1]), column });
    for (const rows of [1, 4]) {
      const feeds = { x: numbers([rows, 3], rows) };
      const program = await nodeEngine({ threads: 1 }).compile(computed);
      const { y } = await program.run(feeds);
      await program.release();
      expect(y!.shape).toEqual([rows, 3, 1]);
      expect(relativeError(y!.data, evaluate(computed, feeds).y!.data)).toBeLessThan(SINGLE_PRECISION);
    }
  });
});

it('the error function of the slow evaluator is right', () => {
  // Abramowitz & Stegun, table 7.1, and Wolfram's values to 16 digits.
  const known = [
    [0, 0],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [3, 0.9999779095030014],
    [-1.5, -0.9661051464753108],
  ] as const;
  for (const [x, value] of known) expect(erfValue(x)).toBeCloseTo(value, 15);
});
