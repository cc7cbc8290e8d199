import { call1, type Dim, type Op, type Shape, sameShape, type Tensor } from '../tensor.js';
import { mul } from './elementwise.js';
import { expand, reshape } from './layout.js';

interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keep: boolean;
}

function reduced({ shape }: Tensor, { axes, keep }: ReduceAttributes): Shape {
  for (const axis of axes) if (axis < 0 || axis >= shape.length) throw `no axis ${axis}`;
  return shape.flatMap((dim, axis): Dim[] => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
}

const onnx: Op['onnx'] = (node) => ({
  extra: [node.attributes.axes],
  attributes: { keepdims: node.attributes.keep ? 1 : 0 },
});

/** Calls `visit` with the flat index of each element and of the sum that it goes into. */
function eachReduced(
  shape: readonly number[],
  axes: readonly number[],
  visit: (from: number, to: number) => void,
): void {
  const steps = new Array<number>(shape.length).fill(0);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    if (axes.includes(axis)) continue;
    steps[axis] = step;
    step *= shape[axis]!;
  }
  const size = shape.reduce((a, b) => a * b, 1);
  for (let from = 0; from < size; from++) {
    let to = 0;
    for (let axis = shape.length - 1, rest = from; axis >= 0; axis--) {
      to += (rest % shape[axis]!) * steps[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    visit(from, to);
  }
}

const reduceSumOp: Op = {
  name: 'ReduceSum',
  infer: ([x], attributes: ReduceAttributes) => [{ shape: reduced(x!, attributes), dtype: 'float' }],
  evaluate: ([x], { axes }: ReduceAttributes, [out]) => {
    out!.data.fill(0);
    eachReduced(x!.shape, axes, (from, to) => (out!.data[to]! += x!.data[from]!));
  },
  gradient: (node, [d]) => [spread(d!, node.inputs[0]!, node.attributes)],
  onnx,
};

const reduceMeanOp: Op = {
  name: 'ReduceMean',
  infer: ([x], attributes: ReduceAttributes) => [{ shape: reduced(x!, attributes), dtype: 'float' }],
  evaluate: ([x], { axes }: ReduceAttributes, [out]) => {
    out!.data.fill(0);
    const count = x!.data.length / out!.data.length;
    eachReduced(x!.shape, axes, (from, to) => (out!.data[to]! += x!.data[from]! / count));
  },
  gradient: (node, [d]) => {
    const x = node.inputs[0]!;
    const { axes } = node.attributes as ReduceAttributes;
    const count = axes.reduce((product, axis) => product * (x.shape[axis] as number), 1);
    return [spread(mul(d!, 1 / count), x, node.attributes)];
  },
  onnx,
};

/** The gradient of a sum: each element gets the gradient of the sum that it went into. */
function spread(d: Tensor, x: Tensor, { axes, keep }: ReduceAttributes): Tensor {
  const kept = keep
    ? d
    : reshape(
        d,
        x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
      );
  return expand(kept, x.shape);
}

function axesOf(x: Tensor, axes: readonly number[] | undefined): number[] {
  return axes === undefined
    ? x.shape.map((_, i) => i)
    : axes.map((axis) => (axis < 0 ? axis + x.shape.length : axis));
}

/** Sum over axes (all, if none are named). */
export const reduceSum = (x: Tensor, axes?: readonly number[], keep = false): Tensor =>
  call1(reduceSumOp, [x], { axes: axesOf(x, axes), keep });

/** Mean over axes (all, if none are named). */
export const reduceMean = (x: Tensor, axes?: readonly number[], keep = false): Tensor =>
  call1(reduceMeanOp, [x], { axes: axesOf(x, axes), keep });

/** Sums a gradient back to the shape that was broadcast. */
export function reduceTo(d: Tensor, shape: Shape): Tensor {
  if (sameShape(d.shape, shape)) return d;
  const extra = d.shape.length - shape.length;
  const axes = d.shape.flatMap((dim, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : [],
  );
  const sum = axes.length === 0 ? d : reduceSum(d, axes);
  return sameShape(sum.shape, shape) ? sum : reshape(sum, shape);
}
