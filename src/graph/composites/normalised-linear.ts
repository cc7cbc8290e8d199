import { add, concat, matmul, mul, pad, reduceMean, reduceSum, reshape, rows, split, standardise, sub, swapLast } from '../ops/index.js';
import { call, filled, fixed, type Op, showShape, type Tensor } from '../tensor.js';

/**
 * y = LayerNorm(x) W + b as one composite.
 *
 * LayerNorm's gain g and bias c fold into the weights: y = n (g ⊙ W) + (c W + b), where n is x standardised. Since the
 * entries of n sum to zero, W may be centred over its input axis without changing y; then the gradient of n also sums to
 * zero, and the mean term of LayerNorm's backward pass vanishes. The gradients of g and c become products of parameters'
 * size. A column of ones beside n carries the bias, and its gradient, through the same matrix products.
 */
const normalisedLinearOp: Op = {
  name: 'NormalisedLinear',
  infer: ([x, gain, bias, weight, b]) => {
    const width = fixed(x!.shape.at(-1), 'the width');
    for (const vector of [gain!, bias!]) if (vector.shape.join() !== `${width}`) throw `gain and bias must be [${width}]`;
    if (weight!.shape[0] !== width) throw `weight ${showShape(weight!.shape)} does not take width ${width}`;
    if (b!.shape.join() !== `${weight!.shape[1]}`) throw `bias must be [${weight!.shape[1]}]`;
    // After y, kept for the backward pass: n, n with its column of ones, 1/standard deviation.
    const sizes = [weight!.shape[1]!, width, width + 1, 1];
    return sizes.map((size) => ({ shape: x!.shape.with(-1, size), dtype: 'float' }));
  },
  lower: ([x, gain, bias, weight, b], { epsilon }: { epsilon: number }) => {
    const width = x!.shape.at(-1) as number;
    const [n, , inverse] = standardise(x!, filled(1, [width]), epsilon);
    const withOnes = pad(n, -1, 0, 1, 1);
    const offset = add(matmul(reshape(bias!, [1, width]), weight!), b!);
    return [matmul(withOnes, concat([centred(gain!, weight!), offset], 0)), n, withOnes, inverse];
  },
  gradient: (node, [d]) => {
    const [, gain, bias, weight] = node.inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
    const [, n, withOnes, inverse] = node.outputs as [Tensor, Tensor, Tensor, Tensor];
    const dn = matmul(d!, swapLast(centred(gain, weight)));
    const dx = mul(inverse, sub(dn, mul(n, reduceMean(mul(n, dn), [-1], true))));
    const dFolded = matmul(swapLast(rows(withOnes)), rows(d!));
    const [dScaled, dOffset] = split(dFolded, [gain.shape[0] as number, 1], 0) as [Tensor, Tensor];
    return [
      dx,
      reduceSum(mul(dScaled, weight), [1]),
      reduceSum(mul(weight, dOffset), [1]),
      add(mul(dScaled, column(gain)), mul(column(bias), dOffset)),
      reshape(dOffset, [weight.shape[1]!]),
    ];
  },
};

const column = (vector: Tensor): Tensor => reshape(vector, [vector.shape[0]!, 1]);

/** g ⊙ W, centred over the input axis. */
function centred(gain: Tensor, weight: Tensor): Tensor {
  const scaled = mul(column(gain), weight);
  return sub(scaled, reduceMean(scaled, [0], true));
}

export interface Linear {
  /** [inputs, outputs] */
  readonly weight: Tensor;
  /** [outputs] */
  readonly bias: Tensor;
}

/**
 * LayerNorm(x) followed by linear layers that share it, side by side in one product.
 * @param x [..., M]
 * @param norm gain and bias, [M]
 */
export function normalisedLinear(
  x: Tensor,
  norm: { gain: Tensor; bias: Tensor },
  layers: readonly Linear[],
  epsilon: number,
  label?: string,
): readonly Tensor[] {
  const weight = concat(layers.map((layer) => layer.weight), 1);
  const bias = concat(layers.map((layer) => layer.bias), 0);
  const [y] = call(normalisedLinearOp, [x, norm.gain, norm.bias, weight, bias], { epsilon }, label) as [Tensor];
  return layers.length === 1 ? [y] : split(y, layers.map((layer) => layer.weight.shape[1] as number), -1);
}
