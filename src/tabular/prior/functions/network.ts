import type { Random } from '../../../core/random.js';
import { list } from '../arrays.js';
import { chance, logInteger, pick } from '../draws.js';
import type { Mechanism } from './mechanism.js';
import { weightedSum } from './mix.js';

const ACTIVATIONS: readonly ((x: number) => number)[] = [
  Math.tanh,
  (x) => Math.max(x, 0),
  (x) => (x > 0 ? x : 0.2 * x),
  Math.sin,
  Math.abs,
  (x) => (x > 0 ? 1 : 0),
  (x) => Math.exp(-x * x),
  (x) => x / (1 + Math.abs(x)),
];

/** A network of one or two hidden layers of 2 to 8 units, each layer with an activation of its own. */
export const network: Mechanism = (inputs, outputs, stream) => {
  let state = inputs;
  for (let left = chance(0.3, stream) ? 2 : 1; left > 0; left--) state = layer(state, stream);
  return list(outputs, () => weightedSum(state, stream));
};

function layer(inputs: readonly Float64Array[], stream: Random): Float64Array[] {
  const activation = pick(ACTIVATIONS, stream);
  return list(logInteger([2, 8], stream), () => {
    const unit = weightedSum(inputs, stream);
    const bias = stream.normal();
    // Twice the sum, so that activations leave the part where they are nearly linear.
    for (let i = 0; i < unit.length; i++) unit[i] = activation(2 * unit[i]! + bias);
    return unit;
  });
}
