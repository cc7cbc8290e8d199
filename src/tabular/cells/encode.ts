import { permutation, type Random } from '../../core/random.js';
import type { ColumnKind } from '../prior/index.js';

/** Cells of a table, [R,C] row-major with NaN where one is missing; the first N rows are labelled. */
export interface Cells {
  readonly rows: number;
  readonly labelled: number;
  readonly columns: number;
  readonly x: Float64Array;
  readonly kinds: readonly ColumnKind[];
}

/** Cells as the transformer reads them, [R,C] each: see `TableInputs`. */
export interface EncodedCells {
  readonly values: Float32Array;
  readonly missing: Float32Array;
  readonly categories: Float32Array;
}

/** Where a value is cut off, in standard deviations. */
const FARTHEST = 8;

/**
 * Numbers standardised by the labelled rows, so that an asked row changes nothing for another; codes of the categories that
 * labelled rows have in a random order, then the same. What is missing, or a category that no labelled row has, is 0, the mean.
 */
export function encodeCells({ rows, labelled, columns, x, kinds }: Cells, stream: Random): EncodedCells {
  const values = new Float32Array(rows * columns);
  const missing = new Float32Array(rows * columns);
  const categories = new Float32Array(rows * columns);
  const column = new Float64Array(rows);
  for (let c = 0; c < columns; c++) {
    for (let r = 0; r < rows; r++) column[r] = x[r * columns + c]!;
    const category = kinds[c]!.kind === 'category';
    if (category) recode(column, labelled, stream);
    const { mean, deviation } = momentsOf(column.subarray(0, labelled));
    for (let r = 0; r < rows; r++) {
      const at = r * columns + c;
      const value = column[r]!;
      if (category) categories[at] = 1;
      if (Number.isNaN(value)) missing[at] = 1;
      else values[at] = Math.max(-FARTHEST, Math.min(FARTHEST, (value - mean) / deviation));
    }
  }
  return { values, missing, categories };
}

/** Gives the levels that labelled rows have new codes in a random order, in place; what only asked rows have is missing. */
function recode(column: Float64Array, labelled: number, stream: Random): void {
  const known = [...new Set(column.subarray(0, labelled))]
    .filter((code) => !Number.isNaN(code))
    .sort((a, b) => a - b);
  const order = permutation(known.length, stream);
  const codes = new Map(known.map((code, i) => [code, order[i]!]));
  column.forEach((code, r) => {
    column[r] = codes.get(code) ?? Number.NaN;
  });
}

/** Mean and standard deviation of the values that are there; 0 and 1 where there are none, 1 where all are equal. */
export function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  let [count, sum] = [0, 0];
  for (const value of values)
    if (!Number.isNaN(value)) {
      count++;
      sum += value;
    }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  const deviation = count === 0 ? 1 : Math.sqrt(squares / count);
  return { mean, deviation: deviation > 1e-9 * Math.abs(mean) && deviation > 0 ? deviation : 1 };
}

/**
 * Codes of K classes, [K,L]: rows of a random rotation as far as there are enough dimensions, so that they are orthogonal,
 * then random unit vectors; times √L.
 */
export function classCodes(classes: number, length: number, stream: Random): Float32Array {
  const codes = new Float32Array(classes * length);
  const scale = Math.sqrt(length);
  for (let k = 0; k < classes; k++) {
    const own = Float64Array.from({ length }, () => stream.normal());
    // Gram–Schmidt against those before it, while there is a direction left.
    const before = k < length ? k : 0;
    for (let j = 0; j < before; j++) {
      let dot = 0;
      for (let i = 0; i < length; i++) dot += own[i]! * codes[j * length + i]!;
      for (let i = 0; i < length; i++) own[i]! -= (dot * codes[j * length + i]!) / length;
    }
    const norm = Math.hypot(...own);
    for (let i = 0; i < length; i++) codes[k * length + i] = (scale * own[i]!) / norm;
  }
  return codes;
}
