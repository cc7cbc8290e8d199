// What GELU units compute: exactly linear maps, nearly products.

export type Precision = 'float64' | 'float32';

/** Half the distance between 1 and the next number. */
export const ROUNDING = { float64: 2 ** -53, float32: 2 ** -24 } as const;

/**
 * Scales at which a product is taken, and the weight of each: for |a|, |b| ≤ 1
 *
 *   a b ≈ Σ_k weight_k √(π/2) s_k²/4 · [G((a + b)/s_k) − G((a − b)/s_k)],  G(z) = GELU(z) + GELU(−z) = √(2/π) (z² − z⁴/6 + …)
 *
 * (Akyürek et al., arXiv 2211.15661, Lemma 4, in even form). With one scale the error falls as 1/s² while rounding grows as
 * s; several scales whose next powers cancel allow a small s (Richardson's extrapolation).
 */
export interface ProductUnits {
  readonly scales: readonly { readonly scale: number; readonly weight: number }[];
  /** The largest error for |a|, |b| ≤ 1: what the series leaves, and rounding. */
  readonly error: number;
}

/** The units of least error among scales s, 2s and 4s. */
export function productUnits(precision: Precision): ProductUnits {
  let best: ProductUnits = { scales: [], error: Number.POSITIVE_INFINITY };
  for (let s = 1; s < 1e6; s *= 2 ** 0.25) {
    const scales = extrapolated([s, 2 * s, 4 * s]);
    const error = truncation(scales) + rounding(scales, ROUNDING[precision]);
    if (error < best.error) best = { scales, error };
  }
  return best;
}

/** The weights with which the first terms of the series cancel: Lagrange's, extrapolating in 1/s² to 0. */
const extrapolated = (scales: readonly number[]): ProductUnits['scales'] =>
  scales.map((scale) => ({
    scale,
    weight: scales.reduce(
      (weight, other) => (other === scale ? weight : weight / (1 - (other / scale) ** 2)),
      1,
    ),
  }));

/** √(π/2) G(z) = z² Σ_j (−1)^j z^{2j}/(2^j j! (2j + 1)): what scales leave of it at z = 2, where a + b is largest. */
function truncation(scales: ProductUnits['scales']): number {
  let sum = 0;
  let coefficient = 1;
  for (let j = 1; j <= 12; j++) {
    coefficient *= -1 / (2 * j);
    const left = scales.reduce((total, { scale, weight }) => total + weight * scale ** (-2 * j), 0);
    sum += (coefficient / (2 * j + 1)) * 2 ** (2 * j + 2) * left;
  }
  return Math.abs(sum) / 4;
}

/** Each GELU is about ±z/2, so that rounding leaves that much of the last digit of the four that are added up. */
const rounding = (scales: ProductUnits['scales'], unit: number): number =>
  scales.reduce(
    (sum, { scale, weight }) => sum + 2 * Math.abs(weight) * Math.sqrt(Math.PI / 2) * scale * unit,
    0,
  );

/** ReLU(z) is computed as GELU(Kz)/K with this K. */
export const SHARP = 1e6;
/** What that leaves at most: the largest of ReLU(z) − GELU(z) is 0.17. */
export const SHARP_ERROR = 0.17 / SHARP;
