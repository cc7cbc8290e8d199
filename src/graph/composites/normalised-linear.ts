import { add, concat, matmul, mul, pad, reduceMean, reduceSum, reshape, rows, split, standardise, sub, swapLast } from '../ops/index.js';
import { call, filled, fixed, type Op, showShape, type Tensor } from '../tensor.js';

/**
 * y = LayerNorm(x) W + b, for several W on the same x, as one composite.
 *
 * LayerNorm's gain g and bias c fold into the weights: y = n (g ⊙ W) + (c W + b), where n is x standardised. Since the
 * entries of n sum to zero, W may be centred over its input axis without changing y; then the gradient of n also sums to
 * zero, and the mean term of LayerNorm's backward pass vanishes. The gradients of g and c become products of parameters'
 * size. A column of ones beside n carries the bias, and its gradient, through the same matrix products.
 */
const normalisedLinearOp: Op = {
  name: 'NormalisedLinear',
  infer: ([x, gain, bias, ...layers]) => {
    const width = fixed(x!.shape.at(-1), 'the width');
    for (const vector of [gain!, bias!]) if (vector.shape.join() !== `${width}`) throw `gain and bias must be [${width}]`;
    const outputs = pairs(layers).map(([weight, b]) => {
      if (weight.shape[0] !== width) throw `weight ${showShape(weight.shape)} does not take width ${width}`;
      if (b.shape.join() !== `${weight.shape[1]}`) throw `bias must be [${weight.shape[1]}]`;
      return { shape: x!.shape.with(-1, weight.shape[1]!), dtype: 'float' as const };
    });
    // Kept for the backward pass: n, n with its column of ones, 1/standard deviation.
    const kept = [width, width + 1, 1].map((size) => ({ shape: x!.shape.with(-1, size), dtype: 'float' as const }));
    return [...outputs, ...kept];
  },
  lower: ([x, gain, bias, ...layers], { epsilon }: { epsilon: number }) => {
    const width = x!.shape.at(-1) as number;
    const [n, , inverse] = standardise(x!, filled(1, [width]), epsilon);
    const withOnes = pad(n, -1, 0, 1, 1);
    const outputs = pairs(layers).map(([weight, b]) => {
      const constantTerm = add(matmul(reshape(bias!, [1, width]), weight), b);
      return matmul(withOnes, concat([centred(gain!, weight), constantTerm], 0));
    });
    return [...outputs, n, withOnes, inverse];
  },
  gradient: (node, outputGradients) => {
    const [, gain, bias, ...layers] = node.inputs as Tensor[] as [Tensor, Tensor, Tensor, ...Tensor[]];
    const [n, withOnes, inverse] = node.outputs.slice(-3) as [Tensor, Tensor, Tensor];
    const width = gain.shape[0] as number;
    const used = pairs(layers).map(([weight], i) => ({ weight, d: outputGradients[i] }));
    const dn = used
      .filter(({ d }) => d !== undefined)
      .map(({ weight, d }) => matmul(d!, swapLast(centred(gain, weight))))
      .reduce((a, b) => add(a, b));
    const dx = mul(inverse, sub(dn, mul(n, reduceMean(mul(n, dn), [-1], true))));

    const parts = used.map(({ weight, d }) => {
      if (d === undefined) return undefined;
      const [dScaled, dConstant] = split(matmul(swapLast(rows(withOnes)), rows(d)), [width, 1], 0) as [Tensor, Tensor];
      return {
        gain: reduceSum(mul(dScaled, weight), [1]),
        bias: reduceSum(mul(weight, dConstant), [1]),
        weight: add(mul(dScaled, column(gain)), mul(column(bias), dConstant)),
        b: reshape(dConstant, [weight.shape[1]!]),
      };
    });
    const sum = (pick: 'gain' | 'bias') => parts.flatMap((part) => part?.[pick] ?? []).reduce((a, b) => add(a, b));
    return [dx, sum('gain'), sum('bias'), ...parts.flatMap((part) => [part?.weight, part?.b])];
  },
};

const column = (vector: Tensor): Tensor => reshape(vector, [vector.shape[0]!, 1]);

/** g ⊙ W, centred over the input axis. */
function centred(gain: Tensor, weight: Tensor): Tensor {
  const scaled = mul(column(gain), weight);
  return sub(scaled, reduceMean(scaled, [0], true));
}

function pairs(layers: readonly Tensor[]): [Tensor, Tensor][] {
  return Array.from({ length: layers.length / 2 }, (_, i) => [layers[2 * i]!, layers[2 * i + 1]!]);
}

export interface Linear {
  /** [inputs, outputs] */
  readonly weight: Tensor;
  /** [outputs] */
  readonly bias: Tensor;
}

/**
 * LayerNorm(x) followed by linear layers that share it.
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
  const inputs = [x, norm.gain, norm.bias, ...layers.flatMap(({ weight, bias }) => [weight, bias])];
  return call(normalisedLinearOp, inputs, { epsilon }, label).slice(0, layers.length);
}
