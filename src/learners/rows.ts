import type { Episodes } from '../core/episodes.js';

/** Number of coefficients: the inputs, and one more in front where the learner fits an intercept. */
export function coefficients(episodes: Episodes, intercept: boolean): number {
  return episodes.inputs + (intercept ? 1 : 0);
}

/**
 * Writes point k of episode e as a row of the design matrix: x, or with an intercept (1, x − x₀), x₀ being the
 * episode's first input. The shift changes no prediction, since the intercept carries no penalty, and lets the slopes
 * of minimum norm be found in the span of the rows.
 */
export function designRow(
  episodes: Episodes,
  e: number,
  k: number,
  intercept: boolean,
  row: Float64Array,
): void {
  const { x, points, inputs } = episodes;
  const at = (e * points + k) * inputs;
  if (!intercept) {
    for (let j = 0; j < inputs; j++) row[j] = x[at + j]!;
    return;
  }
  const first = e * points * inputs;
  row[0] = 1;
  for (let j = 0; j < inputs; j++) row[j + 1] = x[at + j]! - x[first + j]!;
}
