import { describe, expect, it } from 'vitest';
import { nodeEngine } from '../engine/node.js';
import { relativeError } from '../testing/compare.js';
import { numbers } from '../testing/graphs.js';
import { SINGLE_PRECISION } from '../testing/tolerances.js';
import { gelu } from './composites/gelu.js';
import { evaluate } from './evaluate.js';
import * as o from './ops/index.js';
import { simplify } from './rewrite.js';
import { exactText } from './signature.js';
import { constant, filled, graph, input, type Tensor, topological } from './tensor.js';

/** Names of the ops that are left after simplification, besides inputs and constants, in the order of work. */
function left(output: Tensor): string[] {
  return topological(Object.values(simplify(graph({ output })).outputs))
    .map(({ op }) => op.name)
    .filter((name) => name !== 'Input' && name !== 'Constant');
}

const x = input('x', [8, 6]);
const weight = input('weight', [6, 2]);
const row = input('row', [6]);
const cube = input('cube', [2, 3, 4]);

describe('each rewrite fires', () => {
  it.each<[string, Tensor, string[]]>([
    ['a product with one', o.mul(x, 1), []],
    ['a sum with zero', o.add(0, x), []],
    ['a difference with zero', o.sub(x, 0), []],
    ['a reshape to the same shape', o.reshape(x, [8, 6]), []],
    ['a reshape of a reshape', o.reshape(o.reshape(x, [48]), [4, 12]), ['Reshape']],
    [
      'a transposition of a transposition',
      o.transpose(o.transpose(cube, [1, 2, 0]), [1, 0, 2]),
      ['Transpose'],
    ],
    ['a transposition there and back', o.swapLast(o.swapLast(x)), []],
    ['two scales', o.mul(o.mul(x, 2), 3), ['Mul']],
    ['an expansion before a sum', o.add(x, o.expand(row, [8, 6])), ['Add']],
    ['the same twice', o.mul(o.exp(x), o.exp(x)), ['Exp', 'Mul']],
    ['the same constant twice', o.add(o.mul(x, filled(3, [6])), o.mul(x, filled(3, [6]))), ['Mul', 'Add']],
    ['constants only', o.exp(o.add(constant(1), 2)), []],
    ['a composite', gelu(x), ['Mul', 'Erf', 'Add', 'Mul', 'Mul']],
  ])('%s', (_what, output, ops) => {
    expect(left(output)).toEqual(ops);
  });

  it('a scale goes to the smallest operand of a product', () => {
    for (const scaled of [
      o.mul(o.matmul(input('tall', [64, 6]), weight), 3),
      o.matmul(o.mul(input('tall', [64, 6]), 3), weight),
    ]) {
      const nodes = topological(Object.values(simplify(graph({ scaled })).outputs));
      expect(nodes.find(({ op }) => op.name === 'Mul')!.outputs[0]!.shape).toEqual([6, 2]);
    }
  });
});

describe('what differs is kept apart', () => {
  it.each([
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.NaN],
    [0, -0],
  ])('constants %d and %d', (a, b) => {
    const outputs = graph({ a: o.div(x, filled(a, [6])), b: o.div(x, filled(b, [6])) });
    expect(evaluate(simplify(outputs), { x: numbers([8, 6], 1) })).toEqual(
      evaluate(outputs, { x: numbers([8, 6], 1) }),
    );
  });

  it('padding with ∞ and −∞, in ONNX too', async () => {
    const padded = graph({
      low: o.pad(x, 0, 1, 0, Number.NEGATIVE_INFINITY),
      high: o.pad(x, 0, 1, 0, Number.POSITIVE_INFINITY),
    });
    const program = await nodeEngine({ threads: 1 }).compile(padded);
    const { low, high } = await program.run({ x: numbers([8, 6], 1) });
    await program.release();
    expect(low!.data[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(high!.data[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it('texts of values', () => {
    const values = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, null];
    const texts = values.map((value) => exactText({ value }));
    expect(new Set(texts).size).toBe(values.length);
    const arrays = values.map((value) => exactText(Float64Array.of(value ?? 1)));
    expect(new Set(arrays).size).toBe(values.length);
  });
});

describe('a scalar with axes of its own keeps the shape that it makes', () => {
  const one = constant([3], [1, 1]);
  const deep = constant([3], [1, 1, 1]);
  it.each<[string, Tensor]>([
    ['scaled twice', o.mul(o.mul(input('v', [2]), 2), one)],
    ['a scaled product', o.mul(o.matmul(input('tall', [64, 6]), weight), deep)],
    [
      'a scaled product of a view',
      o.mul(o.matmul(input('tall', [64, 6]), o.swapLast(input('w', [2, 6]))), deep),
    ],
  ])('%s', (_what, output) => {
    const plain = graph({ output });
    const simple = simplify(plain);
    expect(simple.outputs.output!.shape).toEqual(output.shape);
    const feeds = Object.fromEntries(
      Object.entries(plain.inputs).map(([name, { shape }]) => [name, numbers(shape as number[], 1)]),
    );
    const [a, b] = [evaluate(plain, feeds).output!, evaluate(simple, feeds).output!];
    expect(b.shape).toEqual(a.shape);
    expect(relativeError(b.data, a.data)).toBeLessThan(SINGLE_PRECISION);
  });
});
