import { call1, explained, fixed, type Op, type Tensor } from '../tensor.js';
import { mul } from './elementwise.js';
import { axesOf, eachReduced, onnx, type ReduceAttributes, reduced, spread } from './reduce.js';

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
    const count = explained("ReduceMean's gradient", [x], () =>
      axes.reduce((product, axis) => product * fixed(x.shape[axis], `axis ${axis}`), 1),
    );
    return [spread(mul(d!, 1 / count), x, node.attributes)];
  },
  onnx,
};

/** Mean over axes (all, if none are named), which are dropped, or kept with length 1. */
export const reduceMean = (x: Tensor, axes?: readonly number[], keep = false): Tensor =>
  call1(reduceMeanOp, [x], { axes: axesOf(x, axes), keep });
