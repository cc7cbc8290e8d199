import type { Cells } from '../cells/encode.js';
import type { Target } from '../prior/index.js';

/** Labelled rows of a table as numbers: cells [N,C] and one target a row. */
export interface Examples extends Cells {
  readonly target: Target;
}

/** Some rows, in the order given. */
export function takeCells<T extends Pick<Cells, 'rows' | 'x' | 'columns'>>(
  cells: T,
  rows: readonly number[],
): T {
  const { columns } = cells;
  const x = new Float64Array(rows.length * columns);
  rows.forEach((row, r) => {
    x.set(cells.x.subarray(row * columns, (row + 1) * columns), r * columns);
  });
  return { ...cells, rows: rows.length, x };
}

/** Some labelled rows, in the order given. */
export function takeExamples(examples: Examples, rows: readonly number[]): Examples {
  const { target } = examples;
  const chosen: Target =
    target.kind === 'classes'
      ? { ...target, values: Int32Array.from(rows, (row) => target.values[row]!) }
      : { ...target, values: Float64Array.from(rows, (row) => target.values[row]!) };
  return { ...takeCells(examples, rows), target: chosen };
}

/** Some columns, in the order given. */
export function takeColumns<T extends Cells>(cells: T, order: readonly number[]): T {
  const { rows, columns, kinds } = cells;
  const x = new Float64Array(rows * order.length);
  for (let r = 0; r < rows; r++)
    order.forEach((column, c) => {
      x[r * order.length + c] = cells.x[r * columns + column]!;
    });
  return { ...cells, columns: order.length, x, kinds: order.map((column) => kinds[column]!) };
}
