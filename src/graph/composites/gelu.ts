import { add, erf, exp, mul, square, sub } from '../ops/index.js';
import { call1, type Op, onlyFirst, type Tensor } from '../tensor.js';

/** log(2/√π): with it, the derivative of erf at u is exp(LOG_SLOPE − u²). */
const LOG_SLOPE = Math.log(2 / Math.sqrt(Math.PI));

/**
 * GELU(z) = z Φ(z) with the exact Gaussian distribution function Φ (Hendrycks & Gimpel 2016), as a composite that keeps
 * 1 + erf for the backward pass. With u = z/√2, GELU = u (1 + erf u)/√2, and the two factors 1/√2 go into the matrix
 * products before and after it.
 */
const geluOp: Op = {
  name: 'Gelu',
  infer: ([z]) => [
    { shape: z!.shape, dtype: 'float' },
    { shape: z!.shape, dtype: 'float' },
  ],
  lower: ([z]) => {
    const u = mul(z!, Math.SQRT1_2);
    const doubled = add(erf(u), 1);
    return [mul(mul(u, doubled), Math.SQRT1_2), doubled];
  },
  // d GELU/dz = ½ (1 + erf u + u · 2/√π · exp(−u²))
  gradient: (node, outputGradients) => {
    const d = onlyFirst(node, outputGradients);
    const u = mul(node.inputs[0]!, Math.SQRT1_2);
    const slope = add(node.outputs[1]!, mul(u, exp(sub(LOG_SLOPE, square(u)))));
    return [mul(mul(d, 0.5), slope)];
  },
};

/** z Φ(z), of z's shape. It has no second derivative: build it from `ops.erf` where one is needed. */
export const gelu = (z: Tensor): Tensor => call1(geluOp, [z]);
