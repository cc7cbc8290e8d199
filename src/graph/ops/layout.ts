import { IcicleError } from '../../core/errors.js';
import {
  call1,
  type Dim,
  fixed,
  type Op,
  openDim,
  plus,
  type Shape,
  sameShape,
  showShape,
  type Tensor,
  times,
} from '../tensor.js';

/** The axis counted from the front. */
export const axisOf = (x: Tensor, axis: number): number => (axis < 0 ? axis + x.shape.length : axis);

/** The length of two axes as one. Throws a string where both are open. */
export const multiply = (a: Dim, b: Dim): Dim => {
  if (typeof a === 'number') return times(a, b);
  if (typeof b === 'number') return times(b, a);
  throw `axes ${a} and ${b} are both open`;
};

const reshapeOp: Op = {
  name: 'Reshape',
  takesBooleans: true,
  infer: ([x], { shape }: { shape: Shape }) => {
    const total = (dims: Shape) => dims.reduce<Dim>((product, dim) => multiply(product, dim), 1);
    // Open axes that stay where they are may be many; of the others there may be one.
    const moved = (dims: Shape, others: Shape) => dims.filter((dim, i) => !staysOpen(dim, others[i]));
    if (total(moved(x!.shape, shape)) !== total(moved(shape, x!.shape)))
      throw `cannot become ${showShape(shape)}`;
    return [{ shape, dtype: x!.dtype }];
  },
  evaluate: ([x], _attributes, [out]) => out!.data.set(x!.data),
  gradient: (node, [d]) => [reshape(d!, node.inputs[0]!.shape)],
  // 0 stands for the length that the input has on the same axis, −1 for what is left.
  onnx: ({ inputs: [x], attributes: { shape } }) => ({
    extra: [
      (shape as Shape).map((dim, i) =>
        typeof dim === 'number' ? dim : staysOpen(dim, x!.shape[i]) ? 0 : -1,
      ),
    ],
  }),
};

const staysOpen = (dim: Dim, before: Dim | undefined): boolean => typeof dim === 'string' && dim === before;

const transposeOp: Op = {
  name: 'Transpose',
  takesBooleans: true,
  infer: ([x], { order }: { order: readonly number[] }) => {
    if ([...order].sort((a, b) => a - b).join() !== x!.shape.map((_, i) => i).join())
      throw `no axis order [${order}]`;
    return [{ shape: order.map((axis) => x!.shape[axis]!), dtype: x!.dtype }];
  },
  evaluate: ([x], { order }: { order: readonly number[] }, [out]) => {
    const strides = stridesOf(x!.shape);
    const shape = out!.shape;
    for (let i = 0; i < out!.data.length; i++) {
      let from = 0;
      for (let axis = shape.length - 1, rest = i; axis >= 0; axis--) {
        from += (rest % shape[axis]!) * strides[order[axis]!]!;
        rest = Math.floor(rest / shape[axis]!);
      }
      out!.data[i] = x!.data[from]!;
    }
  },
  gradient: (node, [d]) => {
    const order: number[] = node.attributes.order;
    return [
      transpose(
        d!,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
  onnx: (node) => ({ attributes: { perm: node.attributes.order } }),
};

const stridesOf = (shape: readonly number[]): number[] => {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
};

/** An end that ONNX takes for the end of any axis. */
const ALL = Number.MAX_SAFE_INTEGER;

interface SliceAttributes {
  readonly axis: number;
  readonly start: number;
  /** Open only where it is all that is left of an open axis. */
  readonly length: Dim;
  readonly step: number;
}

const sliceOp: Op = {
  name: 'Slice',
  takesBooleans: true,
  infer: ([x], { axis, start, length, step }: SliceAttributes) => {
    const size = x!.shape[axis];
    const fits =
      typeof length === 'string'
        ? step === 1 && size === plus(length, start)
        : start + (length - 1) * step < (typeof size === 'string' ? openDim(size).more + 1 : fixed(size));
    if (start < 0 || !fits) throw `no ${length} entries from ${start} on axis ${axis}`;
    return [{ shape: x!.shape.with(axis, length), dtype: x!.dtype }];
  },
  evaluate: ([x], { axis, start, step }: SliceAttributes, [out]) => {
    const inner = x!.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const [from, to] = [x!.shape[axis]!, out!.shape[axis]!];
    for (let i = 0; i < out!.data.length; i++) {
      const [outer, at, rest] = [Math.floor(i / (to * inner)), Math.floor(i / inner) % to, i % inner];
      out!.data[i] = x!.data[(outer * from + start + at * step) * inner + rest]!;
    }
  },
  // The gradient of what was cut away is zero. With a step the cut-away rows lie between: pad each row, then merge.
  gradient: (node, [d]) => {
    const { axis, start, step } = node.attributes as SliceAttributes;
    const x = node.inputs[0]!;
    const [size, length] = [x.shape[axis] as number, node.attributes.length as number];
    const spaced = step === 1 ? d! : slice(interleaveZeros(d!, axis, step), axis, 0, (length - 1) * step + 1);
    const end = start + (length - 1) * step + 1;
    return [pad(spaced, axis, start, size - end)];
  },
  onnx: ({ attributes: { axis, start, length, step } }) => ({
    extra: [[start], [typeof length === 'string' ? ALL : start + (length - 1) * step + 1], [axis], [step]],
  }),
};

/** Every entry on the axis followed by step−1 zeros. */
function interleaveZeros(x: Tensor, axis: number, step: number): Tensor {
  const size = x.shape[axis] as number;
  const lifted = reshape(x, [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)]);
  return reshape(pad(lifted, axis + 1, 0, step - 1), x.shape.with(axis, size * step));
}

interface PadAttributes {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  readonly value: number;
}

const padOp: Op = {
  name: 'Pad',
  infer: ([x], { axis, before, after }: PadAttributes) => [
    { shape: x!.shape.with(axis, fixed(x!.shape[axis], `axis ${axis}`) + before + after), dtype: 'float' },
  ],
  evaluate: ([x], { axis, before, value }: PadAttributes, [out]) => {
    out!.data.fill(value);
    const inner = x!.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const [from, to] = [x!.shape[axis]!, out!.shape[axis]!];
    for (let i = 0; i < x!.data.length; i++) {
      const [outer, at, rest] = [Math.floor(i / (from * inner)), Math.floor(i / inner) % from, i % inner];
      out!.data[(outer * to + before + at) * inner + rest] = x!.data[i]!;
    }
  },
  gradient: (node, [d]) => {
    const x = node.inputs[0]!;
    const { axis, before } = node.attributes as PadAttributes;
    return [slice(d!, axis, before, x.shape[axis] as number)];
  },
  onnx: ({ inputs: [x], attributes: { axis, before, after, value } }) => {
    const at = (count: number) => x!.shape.map((_, i) => (i === axis ? count : 0));
    return { extra: [[...at(before), ...at(after)], { real: value }] };
  },
};

const concatOp: Op = {
  name: 'Concat',
  takesBooleans: true,
  infer: (inputs, { axis }: { axis: number }) => {
    const { shape: first, dtype } = inputs[0]!;
    if (inputs.some((x) => x.dtype !== dtype)) throw 'booleans and real numbers do not go together';
    if (inputs.some(({ shape }) => shape.length !== first.length)) throw 'the numbers of axes differ';
    if (axis >= first.length) throw `no axis ${axis}`;
    if (!inputs.every(({ shape }) => sameShape(shape.with(axis, 1), first.with(axis, 1))))
      throw `axes other than ${axis} differ`;
    return [
      {
        shape: first.with(axis, inputs.map(({ shape }) => shape[axis]!).reduce(plus)),
        dtype,
      },
    ];
  },
  evaluate: (inputs, { axis }: { axis: number }, [out]) => {
    const inner = out!.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const outer = out!.shape.slice(0, axis).reduce((a, b) => a * b, 1);
    let to = 0;
    for (let o = 0; o < outer; o++)
      for (const { shape, data } of inputs) {
        const run = shape[axis]! * inner;
        out!.data.set(data.subarray(o * run, (o + 1) * run), to);
        to += run;
      }
  },
  gradient: (node, [d]) => {
    const { axis } = node.attributes;
    let start = 0;
    return node.inputs.map((x) => {
      const length = x.shape[axis] as number;
      start += length;
      return slice(d!, axis, start - length, length);
    });
  },
  onnx: (node) => ({ attributes: { axis: node.attributes.axis } }),
};

/** The same numbers, row-major, in another shape of as many. */
export const reshape = (x: Tensor, shape: Shape, label?: string): Tensor =>
  call1(reshapeOp, [x], { shape: [...shape] }, label);
/** Axes in another order: axis i of the result is axis `order[i]` of x. */
export const transpose = (x: Tensor, order: readonly number[]): Tensor =>
  call1(transposeOp, [x], { order: [...order] });
/** `length` entries on an axis from `start`, every `step`-th. Of an open axis, at least 1 long, its first or all from `start`. */
export const slice = (x: Tensor, axis: number, start: number, length: Dim, step = 1): Tensor =>
  call1(sliceOp, [x], { axis: axisOf(x, axis), start, length, step });
/** `before` and `after` entries of `value` added at the two ends of an axis. */
export const pad = (x: Tensor, axis: number, before: number, after: number, value = 0): Tensor =>
  before === 0 && after === 0 ? x : call1(padOp, [x], { axis: axisOf(x, axis), before, after, value });
/** Tensors behind one another on an axis. @throws IcicleError where there are none */
export function concat(xs: readonly Tensor[], axis: number): Tensor {
  const [first, ...others] = xs;
  if (first === undefined) throw new IcicleError('Concat: no tensors; give at least one');
  return others.length === 0 ? first : call1(concatOp, xs, { axis: axisOf(first, axis) });
}
