/** Largest difference between two arrays, relative to the largest number of the second (at least 1e-2). */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  let largest = 1e-2;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
    if (!Number.isFinite(actual[i]!)) return Number.POSITIVE_INFINITY;
  }
  return worst / largest;
}
