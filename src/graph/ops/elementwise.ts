import { broadcastShape, call1, constant, type Op, type Tensor } from '../tensor.js';
import { broadcastIndex } from './broadcast.js';
import { erfValue } from './erf.js';
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
  takesBooleans: true,
  infer: ([test, a, b]) => {
    if (test!.dtype !== 'bool') throw 'the condition must be boolean';
    if (a!.dtype === 'bool' || b!.dtype === 'bool') throw 'both sides must be real numbers';
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

/** a + b, shapes broadcast (NumPy's rule), as for the other ops of two sides. */
export const add = (a: Operand, b: Operand, label?: string) =>
  call1(addOp, [tensor(a), tensor(b)], {}, label);
/** a − b */
export const sub = (a: Operand, b: Operand, label?: string) =>
  call1(subOp, [tensor(a), tensor(b)], {}, label);
/** a b, element by element */
export const mul = (a: Operand, b: Operand, label?: string) =>
  call1(mulOp, [tensor(a), tensor(b)], {}, label);
/** a ÷ b */
export const div = (a: Operand, b: Operand, label?: string) =>
  call1(divOp, [tensor(a), tensor(b)], {}, label);
/** The smaller of both; where they are equal the gradient goes to b. */
export const min = (a: Operand, b: Operand) => call1(minOp, [tensor(a), tensor(b)]);
/** The larger of both; where they are equal the gradient goes to b. */
export const max = (a: Operand, b: Operand) => call1(maxOp, [tensor(a), tensor(b)]);
/** Whether a > b: booleans, for `where`. */
export const greater = (a: Operand, b: Operand) => call1(greaterOp, [tensor(a), tensor(b)]);
/** a where the test holds, else b; all three broadcast. */
export const where = (test: Tensor, a: Operand, b: Operand) => call1(whereOp, [test, tensor(a), tensor(b)]);
/** −x, of x's shape, as are all ops of one side that follow. */
export const neg = (x: Tensor) => call1(negOp, [x]);
/** eˣ */
export const exp = (x: Tensor) => call1(expOp, [x]);
/** The natural logarithm. */
export const log = (x: Tensor) => call1(logOp, [x]);
/** √x */
export const sqrt = (x: Tensor) => call1(sqrtOp, [x]);
/** The hyperbolic tangent. */
export const tanh = (x: Tensor) => call1(tanhOp, [x]);
/** The error function, 2/√π ∫₀ˣ exp(−t²) dt. */
export const erf = (x: Tensor) => call1(erfOp, [x]);
/** max(x, 0); the slope at 0 is 0. */
export const relu = (x: Tensor) => call1(reluOp, [x]);
/** −1, 0 or 1; its gradient is none. */
export const sign = (x: Tensor) => call1(signOp, [x]);
/** |x|; the slope at 0 is 0. */
export const abs = (x: Tensor) => call1(absOp, [x]);
/** x² */
export const square = (x: Tensor) => mul(x, x);
