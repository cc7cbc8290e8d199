import type { Cells } from '../cells/encode.js';
import { momentsOf } from '../cells/encode.js';
import type { Matrix } from '../encode.js';

/** A category has at most this many indicators; rarer levels have none. */
const MOST_LEVELS = 30;
/** Where a number is cut off, in standard deviations: no labelled one is so far, and a slip of the pen goes no further. */
const FARTHEST = 100;

/** An input of a linear head: a number, or whether a category has some level. */
interface Input {
  readonly column: number;
  readonly level?: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The design matrix of a linear head, fitted on labelled rows: numbers standardised, categories as standardised indicators of
 * the levels that are not rare, what is missing at the mean. What is the same in all labelled rows is left out.
 */
export function fitDesign(cells: Cells): (cells: Pick<Cells, 'rows' | 'x'>) => Matrix {
  const inputs = cells.kinds.flatMap(({ kind }, column) => {
    const values = columnOf(cells, column);
    return kind === 'category' ? indicators(values, column) : [inputOf(values, column)];
  });
  const kept = inputs.filter(({ deviation }) => deviation > 0);
  return ({ rows, x }) => {
    const width = kept.length;
    const values = new Float64Array(rows * width);
    for (let r = 0; r < rows; r++)
      kept.forEach(({ column, level, mean, deviation }, w) => {
        const cell = x[r * cells.columns + column]!;
        if (Number.isNaN(cell)) return;
        const value = ((level === undefined ? cell : cell === level ? 1 : 0) - mean) / deviation;
        values[r * width + w] = Math.max(-FARTHEST, Math.min(FARTHEST, value));
      });
    return { values, rows, width };
  };
}

const columnOf = ({ rows, columns, x }: Cells, column: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, r) => x[r * columns + column]!);

function inputOf(values: Float64Array, column: number): Input {
  const known = values.filter((value) => !Number.isNaN(value));
  const { mean, deviation } = momentsOf(known);
  return { column, mean, deviation: known.some((value) => value !== known[0]) ? deviation : 0 };
}

/** The most frequent levels; of two levels one indicator says it all. */
function indicators(values: Float64Array, column: number): Input[] {
  const counts = new Map<number, number>();
  for (const value of values) if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  const known = [...counts.values()].reduce((a, b) => a + b, 0);
  const levels = [...counts].sort(([a, m], [b, n]) => n - m || a - b).slice(0, MOST_LEVELS);
  return (counts.size === 2 ? levels.slice(0, 1) : levels).map(([level, count]) => {
    const share = count / known;
    return { column, level, mean: share, deviation: Math.sqrt(share * (1 - share)) };
  });
}
