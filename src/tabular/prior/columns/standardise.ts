/** A column with less variation than this is constant but for rounding. */
const CONSTANT = 1e-9;

/**
 * Gives a column mean 0 and variance 1 in place; a constant one becomes 0.
 * @returns its standard deviation before
 */
export function standardise(column: Float64Array): number {
  const n = column.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += column[i]!;
  mean /= n;
  let variance = 0;
  for (let i = 0; i < n; i++) variance += (column[i]! - mean) ** 2;
  const deviation = Math.sqrt(variance / n);
  if (!(deviation > CONSTANT * (1 + Math.abs(mean)))) {
    column.fill(0);
    return 0;
  }
  for (let i = 0; i < n; i++) column[i] = (column[i]! - mean) / deviation;
  return deviation;
}
