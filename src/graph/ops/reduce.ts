import {
  call1,
  constant,
  type Dim,
  fixed,
  type OnnxForm,
  type Op,
  type Shape,
  sameShape,
  showShape,
  type Tensor,
} from '../tensor.js';
import { broadcastIndex } from './broadcast.js';
import { axisOf, reshape } from './layout.js';

// A sum and its counterpart: the gradient of a sum repeats, and that of what is repeated is a sum.

export interface ReduceAttributes {
  readonly axes: readonly number[];
  readonly keep: boolean;
}

/** The shape without the axes that are summed, or with length 1 there. Throws a string where there is no such axis. */
export function reduced({ shape }: Tensor, { axes, keep }: ReduceAttributes): Shape {
  for (const axis of axes) if (axis < 0 || axis >= shape.length) throw `no axis ${axis}`;
  return shape.flatMap((dim, axis): Dim[] => (axes.includes(axis) ? (keep ? [1] : []) : [dim]));
}

export const onnx: OnnxForm = (node) => ({
  extra: [node.attributes.axes],
  attributes: { keepdims: node.attributes.keep ? 1 : 0 },
});

/** Calls `visit` with the flat index of each element and of the sum that it goes into. */
export function eachReduced(
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

const expandOp: Op = {
  name: 'Expand',
  takesBooleans: true,
  infer: ([x], { shape }: { shape: Shape }) => {
    const extra = shape.length - x!.shape.length;
    if (extra < 0 || !x!.shape.every((dim, i) => dim === 1 || dim === shape[i + extra]))
      throw `does not expand to ${showShape(shape)}`;
    for (const [i, dim] of shape.entries())
      if (dim !== x!.shape[i - extra]) fixed(dim, 'an axis that is made');
    return [{ shape, dtype: x!.dtype }];
  },
  evaluate: ([x], _attributes, [out]) => {
    const index = broadcastIndex(x!, out!.shape);
    for (let i = 0; i < out!.data.length; i++) out!.data[i] = x!.data[index(i)]!;
  },
  gradient: (node, [d]) => [reduceTo(d!, node.inputs[0]!.shape)],
  // An open axis is the input's own: 1 keeps it.
  onnx: (node) => ({ extra: [node.attributes.shape.map((dim: Dim) => (typeof dim === 'string' ? 1 : dim))] }),
};

/** The gradient of a sum: each element gets the gradient of the sum that it went into. */
export function spread(d: Tensor, x: Tensor, { axes, keep }: ReduceAttributes): Tensor {
  const kept = keep
    ? d
    : reshape(
        d,
        x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)),
      );
  return expand(kept, x.shape);
}

/** The axes counted from the front; all, if none are named. */
export function axesOf(x: Tensor, axes: readonly number[] | undefined): number[] {
  return axes === undefined ? x.shape.map((_, i) => i) : axes.map((axis) => axisOf(x, axis));
}

/** Sum over axes (all, if none are named), which are dropped, or kept with length 1. */
export const reduceSum = (x: Tensor, axes?: readonly number[], keep = false): Tensor =>
  call1(reduceSumOp, [x], { axes: axesOf(x, axes), keep });

/** Repeats axes of length 1, and adds axes in front, up to the shape. An open axis must be x's own. */
export const expand = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : call1(expandOp, [x], { shape: [...shape] });

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

/** Zeros of the same shape, which must be fixed. */
export function zerosLike(x: Tensor): Tensor {
  return expand(
    constant(
      0,
      x.shape.map(() => 1),
    ),
    x.shape,
  );
}
