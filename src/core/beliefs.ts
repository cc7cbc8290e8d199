/** How much each of some explanations is believed, given the logarithm of how likely each makes what was seen: they add up to 1. */
export function beliefs(scores: readonly number[]): number[] {
  const best = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - best));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** Targets of a ridge regression, centred where it has a constant, along the singular vectors U of its inputs. */
export interface AlongInputs {
  /** Squared singular values, [R]. */
  readonly squares: ArrayLike<number>;
  /** (Uᵀy)², [R]. */
  readonly parts: ArrayLike<number>;
  /** What of |y|² is in none of them. */
  readonly rest: number;
}

/** λ yᵀ(XXᵀ + λ)⁻¹y: the penalised sum of squares that is left. */
export function leftOver({ squares, parts, rest }: AlongInputs, lambda: number): number {
  let left = rest;
  for (let j = 0; j < squares.length; j++) left += (parts[j]! * lambda) / (squares[j]! + lambda);
  return left;
}

/**
 * How likely targets are under a λ, in logarithms and but for a constant: weights N(0, σ²/λ) and noise N(0, σ²) under the density
 * 1/σ², the constant under a flat one, are integrated out. −½ Σ log(1 + s²/λ) − ν/2 · log(λ yᵀ(XXᵀ + λ)⁻¹y), with ν the targets'
 * degrees of freedom (as Rasmussen and Williams, Gaussian Processes for Machine Learning, eq. 2.30, where the noise is known).
 */
export function ridgeEvidence(along: AlongInputs, lambda: number, degrees: number): number {
  let volume = 0;
  for (let j = 0; j < along.squares.length; j++) volume += Math.log1p(along.squares[j]! / lambda);
  const left = leftOver(along, lambda);
  // Where all targets are the same nothing is left of them under any λ.
  return -(volume + (left > 0 && left < Number.POSITIVE_INFINITY ? degrees * Math.log(left) : 0)) / 2;
}
