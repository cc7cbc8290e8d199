import { permutation, type Random } from '../../core/random.js';
import type { ColumnKind } from '../prior/index.js';

/** Cells of a table, [R,C] row-major with NaN where one is missing. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly x: Float64Array;
  readonly kinds: readonly ColumnKind[];
}

/** Cells as the transformer reads them, [R,C] each. */
export interface EncodedCells {
  /** About standard normal; 0 where missing. */
  readonly values: Float32Array;
  /** 1 where missing. */
  readonly missing: Float32Array;
  /** 1 in columns of categories. */
  readonly categories: Float32Array;
}

/**
 * How numbers are put: `standard`, by their mean and deviation; `rank`, by the log-odds of their rank among the labelled
 * rows, nearly the normal quantiles of it, so that how they are spread does not matter.
 */
export type NumberCode = 'standard' | 'rank';

/** What one cell becomes; NaN where it is missing or says nothing. */
type ColumnCode = (cell: number) => number;

/** Where a value is cut off, in standard deviations. */
const FARTHEST = 8;

/**
 * Fits an encoding on labelled rows, so that asked rows change nothing for one another: numbers as `NumberCode` says; codes of
 * the categories that labelled rows have in a random order, then the same. What is missing, or a category that no labelled row
 * has, is 0, the mean.
 */
export function fitCells(
  { rows, columns, x, kinds }: Cells,
  stream: Random,
  numbers: NumberCode = 'standard',
): (cells: Pick<Cells, 'rows' | 'x'>) => EncodedCells {
  const column = new Float64Array(rows);
  const codes = kinds.map(({ kind }, c): ColumnCode => {
    for (let r = 0; r < rows; r++) column[r] = x[r * columns + c]!;
    const known = column.filter((value) => !Number.isNaN(value)).sort();
    const coded =
      kind === 'category'
        ? recoded(known, stream)
        : numbers === 'rank'
          ? ranked(known)
          : (cell: number) => cell;
    const { mean, deviation } = momentsOf(column.map(coded));
    return (cell) => Math.max(-FARTHEST, Math.min(FARTHEST, (coded(cell) - mean) / deviation));
  });
  return (cells) => applied(codes, kinds, cells);
}

function applied(
  codes: readonly ColumnCode[],
  kinds: readonly ColumnKind[],
  { rows, x }: Pick<Cells, 'rows' | 'x'>,
): EncodedCells {
  const columns = codes.length;
  const values = new Float32Array(rows * columns);
  const missing = new Float32Array(rows * columns);
  const categories = new Float32Array(rows * columns);
  for (let c = 0; c < columns; c++) {
    const category = kinds[c]!.kind === 'category' ? 1 : 0;
    for (let at = c; at < rows * columns; at += columns) {
      const value = codes[c]!(x[at]!);
      categories[at] = category;
      if (Number.isNaN(value)) missing[at] = 1;
      else values[at] = value;
    }
  }
  return { values, missing, categories };
}

/** Gives levels codes in a random order; what is none of them is missing. @param known ascending */
function recoded(known: Float64Array, stream: Random): ColumnCode {
  const levels = [...new Set(known)];
  const order = permutation(levels.length, stream);
  const codes = new Map(levels.map((level, i) => [level, order[i]!]));
  return (cell) => codes.get(cell) ?? Number.NaN;
}

/** Log-odds of a number's place among those known: of equal ones the middle, between two of them in proportion. @param known ascending */
function ranked(known: Float64Array): ColumnCode {
  const levels = [...new Set(known)];
  const scores: number[] = [];
  let below = 0;
  for (const level of levels) {
    let equal = 0;
    while (known[below + equal] === level) equal++;
    const place = (below + equal / 2) / known.length;
    scores.push(Math.log(place / (1 - place)));
    below += equal;
  }
  return (cell) => {
    if (Number.isNaN(cell) || levels.length === 0) return Number.NaN;
    let [low, high] = [0, levels.length - 1];
    if (cell <= levels[low]!) return scores[low]!;
    if (cell >= levels[high]!) return scores[high]!;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (levels[middle]! <= cell) low = middle;
      else high = middle;
    }
    const [from, to] = [levels[low]!, levels[high]!];
    const width = to - from;
    // Numbers at both ends of float64 are further apart than it reaches.
    const share = Number.isFinite(width)
      ? (cell - from) / width
      : (cell / 2 - from / 2) / (to / 2 - from / 2);
    return scores[low]! + share * (scores[high]! - scores[low]!);
  };
}

/** A deviation below this share of the mean is rounding. */
const ROUNDING = 1e-12;
/** Squares of numbers that are greater, or of which the greatest is less than its inverse, leave float64. */
const HUGE = 1e150;

/** Mean and standard deviation of the values that are there; 0 and 1 where there are none, 1 where all are equal. */
export function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  let largest = 0;
  for (const value of values) if (Math.abs(value) > largest) largest = Math.abs(value);
  const unit = largest > HUGE || (largest > 0 && largest < 1 / HUGE) ? largest : 1;
  let [count, sum] = [0, 0];
  for (const value of values)
    if (!Number.isNaN(value)) {
      count++;
      sum += value / unit;
    }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += (value / unit - mean) ** 2;
  const deviation = count === 0 ? 0 : Math.sqrt(squares / count);
  const differ = deviation > ROUNDING * Math.abs(mean) && deviation * unit > 0;
  return { mean: mean * unit, deviation: differ ? deviation * unit : 1 };
}

/**
 * Codes of K classes, [K,L]: rows of a random rotation as far as there are enough dimensions, so that they are orthogonal,
 * then random unit vectors; times √L.
 */
export function classCodes(classes: number, length: number, stream: Random): Float32Array<ArrayBuffer> {
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
