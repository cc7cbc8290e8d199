import type { Random } from '../../../core/random.js';
import { list } from '../arrays.js';
import { logBetween } from '../draws.js';
import type { Mechanism } from './mechanism.js';

/**
 * Adds Σ_k a_k cos(ω_kᵀx + b_k) to each sum in place: draws of a Gaussian process whose kernel is that of the frequencies ω
 * (Rahimi & Recht 2007), with the same frequencies for all sums and weights of their own.
 * @param frequency gives ω_kj for input j
 * @param sums [outputs][R]
 */
export function addFourier(
  sums: readonly Float64Array[],
  inputs: readonly Float64Array[],
  features: number,
  frequency: (j: number) => number,
  stream: Random,
): void {
  const rows = inputs[0]!.length;
  const phase = new Float64Array(rows);
  for (let k = 0; k < features; k++) {
    phase.fill(2 * Math.PI * stream.uniform());
    for (let j = 0; j < inputs.length; j++) {
      const w = frequency(j);
      const column = inputs[j]!;
      for (let i = 0; i < rows; i++) phase[i]! += w * column[i]!;
    }
    for (let i = 0; i < rows; i++) phase[i] = Math.cos(phase[i]!);
    for (const sum of sums) {
      const a = stream.normal();
      for (let i = 0; i < rows; i++) sum[i]! += a * phase[i]!;
    }
  }
}

/** Twelve Fourier features of frequencies that lie around one log-uniform scale. */
export const fourier: Mechanism = (inputs, outputs, stream) => {
  const sums = list(outputs, () => new Float64Array(inputs[0]!.length));
  const scale = logBetween([0.3, 2], stream) / Math.sqrt(inputs.length);
  addFourier(sums, inputs, 12, () => scale * stream.normal(), stream);
  return sums;
};
