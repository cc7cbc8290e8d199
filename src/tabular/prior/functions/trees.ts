import type { Random } from '../../../core/random.js';
import { list } from '../arrays.js';
import { logInteger, normals } from '../draws.js';
import type { Mechanism } from './mechanism.js';

/**
 * One to four oblivious trees of depth 1 to 4: each level asks all rows the same question, whether an input is above the value
 * that a random row has there, and each leaf has normal values.
 */
export const obliviousTrees: Mechanism = (inputs, outputs, stream) => {
  const rows = inputs[0]!.length;
  const sums = list(outputs, () => new Float64Array(rows));
  const leaf = new Uint8Array(rows);
  for (let tree = logInteger([1, 4], stream); tree > 0; tree--) {
    leaf.fill(0);
    const depth = logInteger([1, 4], stream);
    for (let level = 0; level < depth; level++) {
      const column = inputs[stream.integer(inputs.length)]!;
      const threshold = column[stream.integer(rows)]!;
      for (let i = 0; i < rows; i++) if (column[i]! > threshold) leaf[i]! |= 1 << level;
    }
    for (const sum of sums) addLeaves(sum, leaf, 2 ** depth, stream);
  }
  return sums;
};

function addLeaves(sum: Float64Array, leaf: Uint8Array, leaves: number, stream: Random): void {
  const values = normals(leaves, stream);
  for (let i = 0; i < sum.length; i++) sum[i]! += values[leaf[i]!]!;
}

/**
 * Adds one random tree to columns in place: every node asks whether an input is above the value of one of its own rows, inputs
 * being drawn by `draw`; a leaf of fewer than `least` rows, or at the full depth, adds a normal value to each sum.
 * @param sums [outputs][R]
 * @param order the rows' indices, [R], which are left in another order
 */
export function addRandomTree(
  sums: readonly Float64Array[],
  inputs: readonly Float64Array[],
  order: Int32Array,
  how: { readonly depth: number; readonly least: number; readonly draw: () => number },
  stream: Random,
): void {
  const grow = (from: number, to: number, depth: number): void => {
    if (depth > 0 && to - from >= 2 * how.least) {
      const column = inputs[how.draw()]!;
      const threshold = column[order[from + stream.integer(to - from)]!]!;
      let middle = from;
      for (let at = from; at < to; at++)
        if (!(column[order[at]!]! > threshold)) {
          const row = order[at]!;
          order[at] = order[middle]!;
          order[middle++] = row;
        }
      if (middle - from >= how.least && to - middle >= how.least) {
        grow(from, middle, depth - 1);
        grow(middle, to, depth - 1);
        return;
      }
    }
    for (const sum of sums) {
      const value = stream.normal();
      for (let at = from; at < to; at++) sum[order[at]!]! += value;
    }
  };
  grow(0, order.length, how.depth);
}
