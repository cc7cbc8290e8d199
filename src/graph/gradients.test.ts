import { describe, expect, it } from 'vitest';
import { IcicleError } from '../core/errors.js';
import { gelu } from './composites/gelu.js';
import { normalisedLinear } from './composites/normalised-linear.js';
import { gradients } from './gradients.js';
import * as o from './ops/index.js';
import { input, type Tensor } from './tensor.js';

const x = input('x', [3, 4]);
const vector = input('vector', [4]);
const square = { weight: input('weight', [4, 4]), bias: vector };

describe('what a rule would leave out is refused', () => {
  it.each<[string, Tensor]>([
    ['the mean of standardise', o.standardise(x, 1e-5)[1]],
    ['the slope of gelu', gradients(o.reduceSum(gelu(x)), [x])[0]!],
    [
      'the slope of normalisedLinear',
      gradients(o.reduceSum(o.square(normalisedLinear(x, { gain: vector, bias: vector }, square, 1e-5))), [
        x,
      ])[0]!,
    ],
  ])('%s', (_what, output) => {
    const slope = () => gradients(o.reduceSum(o.square(output)), [x]);
    expect(slope).toThrow(IcicleError);
    expect(slope).toThrow('has a gradient for its first output only, and no second derivative');
  });

  it('the mean over an open axis', () => {
    const open = input('open', ['n', 2]);
    expect(() => gradients(o.reduceMean(open), [open])).toThrow(
      'axis 0 must have a fixed length, got "n" (inputs: [n,2])',
    );
  });
});
