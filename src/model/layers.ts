import type { Linear } from '../graph/composites/index.js';
import { add, concat, matmul } from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';

// What the transformers' layers have in common: the shapes of their parameters, and how they are applied.

/** Shapes of parameters by name, put down a layer at a time. All weights are [inputs, outputs]: y = x W + b. */
export function layerShapes(width: number) {
  const shapes: Record<string, number[]> = {};
  return {
    shapes,
    linear: (name: string, from: number, to: number) => {
      shapes[`${name}.weight`] = [from, to];
      shapes[`${name}.bias`] = [to];
    },
    layerNorm: (name: string) => {
      shapes[`${name}.gain`] = [width];
      shapes[`${name}.bias`] = [width];
    },
  };
}

/** y = x W + b over the last axis. */
export const linear = (x: Tensor, { weight, bias }: Linear, label?: string): Tensor =>
  add(matmul(x, weight, label), bias);

/** Linear layers of the same input as one. */
export function sideBySide(layers: readonly Linear[]): Linear {
  return {
    weight: concat(
      layers.map(({ weight }) => weight),
      1,
    ),
    bias: concat(
      layers.map(({ bias }) => bias),
      0,
    ),
  };
}
