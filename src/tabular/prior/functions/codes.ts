import type { Random } from '../../../core/random.js';
import { floats, list } from '../arrays.js';
import { logInteger, normals, someOf } from '../draws.js';
import type { Mechanism } from './mechanism.js';

/** The nearest of some rows, [R]: codes 0…centres−1 by squared distance, less an offset of each centre. */
export function nearestCentre(
  inputs: readonly Float64Array[],
  centres: readonly number[],
  offsets: Float64Array,
): Int32Array {
  const rows = inputs[0]!.length;
  const codes = new Int32Array(rows);
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const distance = new Float64Array(rows);
  centres.forEach((centre, code) => {
    distance.fill(-offsets[code]!);
    for (const column of inputs) {
      const at = column[centre]!;
      for (let i = 0; i < rows; i++) distance[i]! += (column[i]! - at) ** 2;
    }
    for (let i = 0; i < rows; i++)
      if (distance[i]! < nearest[i]!) {
        nearest[i] = distance[i]!;
        codes[i] = code;
      }
  });
  return codes;
}

/** Two to eight rows as centres in up to four of the inputs; every output has a normal value for each. */
export const nearestCodes: Mechanism = (inputs, outputs, stream: Random) => {
  const centres = someOf(inputs[0]!.length, logInteger([2, 8], stream), stream);
  const some = someOf(inputs.length, Math.min(4, inputs.length), stream).map((j) => inputs[j]!);
  const codes = nearestCentre(some, centres, new Float64Array(centres.length));
  return list(outputs, () => {
    const values = normals(centres.length, stream);
    return floats(codes.length, (i) => values[codes[i]!]!);
  });
};
