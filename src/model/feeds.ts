import type { ShapedArray } from '../core/array.js';
import type { Episodes } from '../core/episodes.js';
import { unsupported } from '../core/errors.js';
import type { Engine } from '../engine/engine.js';
import type { TransformerConfig } from './config.js';

/** @throws IcicleError (exit code 2) where prompts are longer or wider than the model called `name` takes */
export function checkLimits(name: string, config: TransformerConfig, { points, inputs }: Episodes): void {
  if (points > config.points)
    throw unsupported(
      'examples',
      points - 1,
      `${name} takes at most ${config.points - 1}; use --examples ${config.points - 1} or another model`,
    );
  if (inputs > config.inputs)
    throw unsupported(
      'inputs',
      inputs,
      `${name} takes at most ${config.inputs}; use --dims ${config.inputs} or another model`,
    );
}

/** Episodes first…first+count−1 as the network's inputs, x [count,K,D] and y [count,K], missing inputs zero. */
export function feedsOf(
  config: TransformerConfig,
  { x, y, points, inputs }: Episodes,
  first: number,
  count: number,
  precision: Engine['precision'],
): Record<string, ShapedArray> {
  const Numbers = precision === 'float64' ? Float64Array : Float32Array;
  const wide = new Numbers(count * points * config.inputs);
  for (let row = 0; row < count * points; row++)
    for (let d = 0; d < inputs; d++) wide[row * config.inputs + d] = x[(first * points + row) * inputs + d]!;
  return {
    x: { shape: [count, points, config.inputs], data: wide },
    y: {
      shape: [count, points],
      data: Numbers.from(y.subarray(first * points, (first + count) * points)),
    },
  };
}
