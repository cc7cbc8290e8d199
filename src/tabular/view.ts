import { type Matrix, moments } from './encode.js';
import { fitProjection, type Projection, type ProjectionMethod, project } from './project.js';

/** How encoded rows and their labels become what a learner sees: fitted on some labelled rows, then the same for every row. */
export interface View {
  readonly projection: Projection;
  /** Inputs further out than this are pulled back to it, [inputs]. */
  readonly bounds: Float64Array;
  readonly label: { readonly mean: number; readonly scale: number };
}

export interface ViewOptions {
  readonly projection: ProjectionMethod;
  /** At most this many inputs. */
  readonly inputs: number;
  /** Projected inputs beyond this many times their root mean square are pulled back to it. */
  readonly clip: number;
}

/**
 * Everything about a view that depends on labels comes from `rows`, so that the labels of other rows are still unseen.
 * @param x encoded labelled rows, [rows,width]
 * @param y their labels, [rows]
 * @param rows which of them, at least one
 */
export function fitView(x: Matrix, y: Float64Array, rows: readonly number[], options: ViewOptions): View {
  const chosen = pick(x, rows);
  const { mean, scale } = moments(rows.map((row) => y[row]!));
  const label = { mean, scale: scale > 0 ? scale : 1 };
  const labels = Float64Array.from(rows, (row) => (y[row]! - label.mean) / label.scale);
  const projection = fitProjection(chosen, labels, { inputs: options.inputs, method: options.projection });
  const squares = new Float64Array(projection.weights.width);
  const { values, width } = project(projection, chosen);
  values.forEach((v, i) => {
    squares[i % width] = squares[i % width]! + (v * v) / rows.length;
  });
  return { projection, bounds: squares.map((square) => options.clip * Math.sqrt(square)), label };
}

/** Encoded rows [rows,width] as inputs, [rows,inputs]. */
export function inputsOf({ projection, bounds }: View, x: Matrix): Matrix {
  const { values, rows, width } = project(projection, x);
  const near = (v: number, bound: number) => Math.max(-bound, Math.min(bound, v));
  return { values: values.map((v, i) => near(v, bounds[i % width]!)), rows, width };
}

/** Labels as a learner sees them, mean 0 and standard deviation 1 over the rows of the view, [rows]. */
export function labelsOf({ label }: View, y: Float64Array): Float64Array {
  return y.map((value) => (value - label.mean) / label.scale);
}

function pick({ values, width }: Matrix, rows: readonly number[]): Matrix {
  const chosen = new Float64Array(rows.length * width);
  rows.forEach((row, r) => {
    chosen.set(values.subarray(row * width, (row + 1) * width), r * width);
  });
  return { values: chosen, rows: rows.length, width };
}
