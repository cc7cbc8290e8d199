import { broadcastShape, call1, constant, type Op, type Tensor, type Value } from '../tensor.js';
import { reduceTo } from './reduce.js';

// Each op: shapes, slow float64 meaning, gradient rule. Binary ops broadcast; their gradients are summed back.

function unary(name: string, f: (x: number) => number, derivative: Op['gradient']): Op {
  return {
    name,
    infer: ([x]) => [{ shape: x!.shape, dtype: 'float' }],
    evaluate: ([x], _attributes, [out]) => {
      for (let i = 0; i < x!.data.length; i++) out!.data[i] = f(x!.data[i]!);
    },
    ...(derivative === undefined ? {} : { gradient: derivative }),
  };
}

function binary(
  name: string,
  f: (a: number, b: number) => number,
  derivative: (a: Tensor, b: Tensor, d: Tensor, out: Tensor) => [Tensor | undefined, Tensor | undefined],
): Op {
  return {
    name,
    infer: ([a, b]) => [{ shape: broadcastShape(a!.shape, b!.shape), dtype: 'float' }],
    evaluate: ([a, b], _attributes, [out]) => {
      const ia = broadcastIndex(a!, out!.shape);
      const ib = broadcastIndex(b!, out!.shape);
      for (let i = 0; i < out!.data.length; i++) out!.data[i] = f(a!.data[ia(i)]!, b!.data[ib(i)]!);
    },
    gradient: (node, [d]) => {
      const [a, b] = node.inputs as [Tensor, Tensor];
      const [da, db] = derivative(a, b, d!, node.outputs[0]!);
      return [da && reduceTo(da, a.shape), db && reduceTo(db, b.shape)];
    },
  };
}

/** From a flat index into `shape` to the flat index into a value that broadcasts to it. */
export function broadcastIndex(value: Value, shape: readonly number[]): (flat: number) => number {
  if (value.data.length === 1) return () => 0;
  const rank = shape.length;
  const steps = new Array<number>(rank).fill(0);
  for (let axis = rank - 1, step = 1; axis >= rank - value.shape.length; axis--) {
    const size = value.shape[axis - rank + value.shape.length]!;
    steps[axis] = size === 1 ? 0 : step;
    step *= size;
  }
  return (flat) => {
    let index = 0;
    for (let axis = rank - 1, rest = flat; axis >= 0; axis--) {
      const size = shape[axis]!;
      index += (rest % size) * steps[axis]!;
      rest = Math.floor(rest / size);
    }
    return index;
  };
}

const addOp: Op = binary(
  'Add',
  (a, b) => a + b,
  (_a, _b, d) => [d, d],
);
const subOp: Op = binary(
  'Sub',
  (a, b) => a - b,
  (_a, _b, d) => [d, neg(d)],
);
const mulOp: Op = binary(
  'Mul',
  (a, b) => a * b,
  (a, b, d) => [mul(d, b), mul(d, a)],
);
const divOp: Op = binary(
  'Div',
  (a, b) => a / b,
  (_a, b, d, out) => [div(d, b), neg(div(mul(d, out), b))],
);
const minOp: Op = binary('Min', Math.min, (a, b, d) => [
  where(greater(b, a), d, 0),
  where(greater(b, a), 0, d),
]);
const maxOp: Op = binary('Max', Math.max, (a, b, d) => [
  where(greater(a, b), d, 0),
  where(greater(a, b), 0, d),
]);

const negOp: Op = unary(
  'Neg',
  (x) => -x,
  (_node, [d]) => [neg(d!)],
);
const expOp: Op = unary('Exp', Math.exp, (node, [d]) => [mul(d!, node.outputs[0]!)]);
const logOp: Op = unary('Log', Math.log, (node, [d]) => [div(d!, node.inputs[0]!)]);
const sqrtOp: Op = unary('Sqrt', Math.sqrt, (node, [d]) => [div(mul(d!, 0.5), node.outputs[0]!)]);
const tanhOp: Op = unary('Tanh', Math.tanh, (node, [d]) => [mul(d!, sub(1, square(node.outputs[0]!)))]);
const erfOp: Op = unary('Erf', erfValue, (node, [d]) => [
  mul(d!, exp(sub(Math.log(2 / Math.sqrt(Math.PI)), square(node.inputs[0]!)))),
]);
const reluOp: Op = unary(
  'Relu',
  (x) => Math.max(x, 0),
  (node, [d]) => [mul(d!, sign(node.outputs[0]!))],
);
const signOp: Op = unary('Sign', Math.sign, () => [undefined]);
const absOp: Op = unary('Abs', Math.abs, (node, [d]) => [mul(d!, sign(node.inputs[0]!))]);

const greaterOp: Op = {
  ...binary(
    'Greater',
    (a, b) => (a > b ? 1 : 0),
    () => [undefined, undefined],
  ),
  infer: ([a, b]) => [{ shape: broadcastShape(a!.shape, b!.shape), dtype: 'bool' }],
};

const whereOp: Op = {
  name: 'Where',
  infer: ([test, a, b]) => {
    if (test!.dtype !== 'bool') throw 'the condition must be boolean';
    return [{ shape: broadcastShape(test!.shape, broadcastShape(a!.shape, b!.shape)), dtype: 'float' }];
  },
  evaluate: ([test, a, b], _attributes, [out]) => {
    const [it, ia, ib] = [test!, a!, b!].map((value) => broadcastIndex(value, out!.shape)) as [
      Index,
      Index,
      Index,
    ];
    for (let i = 0; i < out!.data.length; i++)
      out!.data[i] = test!.data[it(i)] ? a!.data[ia(i)]! : b!.data[ib(i)]!;
  },
  gradient: (node, [d]) => {
    const [test, a, b] = node.inputs as [Tensor, Tensor, Tensor];
    return [undefined, reduceTo(where(test, d!, 0), a.shape), reduceTo(where(test, 0, d!), b.shape)];
  },
};
type Index = (flat: number) => number;

/** A tensor, or a number that stands for a scalar constant. */
export type Operand = Tensor | number;
const tensor = (x: Operand): Tensor => (typeof x === 'number' ? constant(x) : x);

export const add = (a: Operand, b: Operand, label?: string) =>
  call1(addOp, [tensor(a), tensor(b)], {}, label);
export const sub = (a: Operand, b: Operand, label?: string) =>
  call1(subOp, [tensor(a), tensor(b)], {}, label);
export const mul = (a: Operand, b: Operand, label?: string) =>
  call1(mulOp, [tensor(a), tensor(b)], {}, label);
export const div = (a: Operand, b: Operand, label?: string) =>
  call1(divOp, [tensor(a), tensor(b)], {}, label);
export const min = (a: Operand, b: Operand) => call1(minOp, [tensor(a), tensor(b)]);
export const max = (a: Operand, b: Operand) => call1(maxOp, [tensor(a), tensor(b)]);
export const greater = (a: Operand, b: Operand) => call1(greaterOp, [tensor(a), tensor(b)]);
export const where = (test: Tensor, a: Operand, b: Operand) => call1(whereOp, [test, tensor(a), tensor(b)]);
export const neg = (x: Tensor) => call1(negOp, [x]);
export const exp = (x: Tensor) => call1(expOp, [x]);
export const log = (x: Tensor) => call1(logOp, [x]);
export const sqrt = (x: Tensor) => call1(sqrtOp, [x]);
export const tanh = (x: Tensor) => call1(tanhOp, [x]);
export const erf = (x: Tensor) => call1(erfOp, [x]);
export const relu = (x: Tensor) => call1(reluOp, [x]);
export const sign = (x: Tensor) => call1(signOp, [x]);
export const abs = (x: Tensor) => call1(absOp, [x]);
export const square = (x: Tensor) => mul(x, x);

/**
 * The error function in float64, to about 1e-16 relative: its Taylor series near zero and the continued fraction of
 * the complementary function elsewhere (Abramowitz & Stegun 7.1.6 and 7.1.14). Slow; an oracle.
 */
export function erfValue(x: number): number {
  const a = Math.abs(x);
  if (a > 6) return Math.sign(x);
  if (a < 2.5) {
    // erf(x) = 2/√π · exp(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1))
    let term = a;
    let sum = a;
    for (let n = 1; term > sum * 1e-17; n++) sum += term *= (2 * a * a) / (2 * n + 1);
    return Math.sign(x) * (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
  }
  let fraction = a;
  for (let n = 120; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
}
