import type { Random } from '../../../core/random.js';
import { floats, list } from '../arrays.js';
import { chance } from '../draws.js';
import type { Mechanism } from './mechanism.js';

/** One weighted sum of columns, [R], of about unit variance where they are independent. */
export function weightedSum(inputs: readonly Float64Array[], stream: Random): Float64Array {
  const sum = new Float64Array(inputs[0]!.length);
  for (const column of inputs) {
    const w = stream.normal() / Math.sqrt(inputs.length);
    for (let i = 0; i < sum.length; i++) sum[i]! += w * column[i]!;
  }
  return sum;
}

/** Weighted sums, each of all inputs or, in half of the cases, of about half of them. */
export const linear: Mechanism = (inputs, outputs, stream) => {
  const sparse = chance(0.5, stream);
  return list(outputs, () => {
    const some = sparse ? inputs.filter(() => chance(0.5, stream)) : inputs;
    return weightedSum(some.length > 0 ? some : inputs, stream);
  });
};

/** A product of two weighted sums, and a third sum of random size. */
export const quadratic: Mechanism = (inputs, outputs, stream) =>
  list(outputs, () => {
    const [a, b, c] = [weightedSum(inputs, stream), weightedSum(inputs, stream), weightedSum(inputs, stream)];
    const slope = stream.normal();
    for (let i = 0; i < a.length; i++) a[i] = a[i]! * b[i]! + slope * c[i]!;
    return a;
  });

/** The product of two of the inputs, which may be the same one twice. */
export const product: Mechanism = (inputs, outputs, stream) =>
  list(outputs, () => {
    const a = inputs[stream.integer(inputs.length)]!;
    const b = inputs[stream.integer(inputs.length)]!;
    return floats(a.length, (i) => a[i]! * b[i]!);
  });
