import { parseTrainSpec, type TrainSpec } from '../train/spec.js';

/** Sizes at which a training step is timed, so that engines can be compared: GPTs of 9-dimensional tokens, Adam. */
const SIZES = {
  S: { layers: 4, width: 64, heads: 4, points: 20 },
  M: { layers: 8, width: 128, heads: 4, points: 20 },
  B: { layers: 12, width: 256, heads: 8, points: 40 },
} as const;

export type Size = keyof typeof SIZES;
export const sizes = Object.keys(SIZES) as Size[];

/** The training spec of a size: batch 64, MLP ratio 4, pre-norm, exact GELU. */
export function specOfSize(size: Size): TrainSpec {
  return parseTrainSpec({
    name: `bench-${size.toLowerCase()}`,
    family: { family: 'linear', inputs: 8 },
    model: { inputs: 8, mlpRatio: 4, ...SIZES[size] },
    optimiser: 'adam',
    rates: { adam: 1e-3 },
    average: null,
    clip: null,
    schedule: { shape: 'constant', warmup: 0 },
    steps: 1_000_000,
  });
}
