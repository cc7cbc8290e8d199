import {
  call,
  call1,
  explained,
  filled,
  fixed,
  type Op,
  onlyFirst,
  type Tensor,
  type Value,
} from '../tensor.js';
import { mul, sub } from './elementwise.js';
import { reduceMean } from './mean.js';
import { reduceSum } from './reduce.js';

const softmaxOp: Op = {
  name: 'Softmax',
  infer: ([x]) => {
    if (x!.shape.length === 0) throw 'a scalar has no axes';
    return [{ shape: x!.shape, dtype: 'float' }];
  },
  evaluate: ([x], _attributes, [out]) => {
    eachRow(x!, (start, end) => {
      const row = x!.data.subarray(start, end);
      const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
      const weights = row.map((value) => Math.exp(value - top));
      const sum = weights.reduce((a, b) => a + b, 0);
      out!.data.set(
        weights.map((weight) => weight / sum),
        start,
      );
    });
  },
  // dx = p ⊙ (dp − Σ p ⊙ dp)
  gradient: (node, [d]) => {
    const p = node.outputs[0]!;
    const weighted = mul(p, d!);
    return [sub(weighted, mul(p, reduceSum(weighted, [-1], true)))];
  },
  onnx: () => ({ attributes: { axis: -1 } }),
};

const standardiseOp: Op = {
  name: 'LayerNormalization',
  // The gain is an input because ONNX wants one; it is ones. Outputs: normalised, mean, 1/standard deviation.
  infer: ([x]) => {
    const row = { shape: x!.shape.with(-1, 1), dtype: 'float' } as const;
    return [{ shape: x!.shape, dtype: 'float' }, row, row];
  },
  evaluate: ([x, gain], { epsilon }: { epsilon: number }, [out, mean, inverse]) => {
    eachRow(x!, (start, end, row) => {
      const values = x!.data.subarray(start, end);
      const m = values.reduce((a, b) => a + b, 0) / values.length;
      const variance = values.reduce((a, b) => a + (b - m) ** 2, 0) / values.length;
      const r = 1 / Math.sqrt(variance + epsilon);
      for (const [i, value] of values.entries()) out!.data[start + i] = (value - m) * r * gain!.data[i]!;
      mean!.data[row] = m;
      inverse!.data[row] = r;
    });
  },
  // dx = r (dn − mean(dn) − n mean(n ⊙ dn))
  gradient: (node, outputGradients) => {
    const d = onlyFirst(node, outputGradients);
    const [n, , inverse] = node.outputs as [Tensor, Tensor, Tensor];
    const centred = sub(d, reduceMean(d, [-1], true));
    return [mul(inverse, sub(centred, mul(n, reduceMean(mul(n, d), [-1], true)))), undefined];
  },
  onnx: (node) => ({ attributes: { axis: -1, epsilon: { float: node.attributes.epsilon } } }),
};

/** Calls `visit` for each row of the last axis with the flat indices of its start and end, and its number. */
function eachRow({ shape, data }: Value, visit: (start: number, end: number, row: number) => void): void {
  const width = shape.at(-1)!;
  for (let start = 0; start < data.length; start += width) visit(start, start + width, start / width);
}

/** Positive weights, exp(x) over its sum, that sum to one over the last axis; of x's shape. */
export const softmax = (x: Tensor): Tensor => call1(softmaxOp, [x]);

/**
 * Zero mean and unit variance over the last axis: LayerNorm (Ba et al. 2016, eq. 4) without gain and bias.
 * @param x [..., M] @param epsilon added to the variance
 * @returns the normalised tensor [..., M], and, without gradients, the mean and 1/standard deviation [..., 1]
 * @throws IcicleError where the last axis is open or not there
 */
export function standardise(x: Tensor, epsilon: number): readonly [Tensor, Tensor, Tensor] {
  const width = explained('standardise', [x], () => fixed(x.shape.at(-1), 'the last axis'));
  return call(standardiseOp, [x, filled(1, [width])], { epsilon }) as unknown as readonly [
    Tensor,
    Tensor,
    Tensor,
  ];
}
