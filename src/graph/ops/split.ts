import { call, type Op, type Tensor } from '../tensor.js';
import { axisOf, concat } from './layout.js';
import { zerosLike } from './reduce.js';

const splitOp: Op = {
  name: 'Split',
  takesBooleans: true,
  infer: ([x], { axis, sizes }: { axis: number; sizes: readonly number[] }) => {
    const sum = sizes.reduce((a, b) => a + b, 0);
    if (sum !== x!.shape[axis]) throw `axis ${axis} does not split into ${sizes.join('+')}`;
    return sizes.map((size) => ({ shape: x!.shape.with(axis, size), dtype: x!.dtype }));
  },
  evaluate: ([x], { axis }: { axis: number }, outputs) => {
    const inner = x!.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    const outer = x!.shape.slice(0, axis).reduce((a, b) => a * b, 1);
    let from = 0;
    for (let o = 0; o < outer; o++)
      for (const { shape, data } of outputs) {
        const run = shape[axis]! * inner;
        data.set(x!.data.subarray(from, (from += run)), o * run);
      }
  },
  gradient: (node, gradients) => [
    concat(
      gradients.map((d, i) => d ?? zerosLike(node.outputs[i]!)),
      node.attributes.axis,
    ),
  ],
  onnx: (node) => ({ extra: [node.attributes.sizes], attributes: { axis: node.attributes.axis } }),
};

/** An axis cut into pieces of the given sizes, which add up to its length. */
export const split = (x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] =>
  call(splitOp, [x], { axis: axisOf(x, axis), sizes: [...sizes] });
