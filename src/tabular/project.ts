import { Matrix as Dense, EigenvalueDecomposition } from 'ml-matrix';
import { permutation, type Random, random } from '../core/random.js';
import type { Matrix } from './encode.js';

/**
 * How many encoded columns become few inputs.
 * - `pca`: the leading principal components, all divided by one number, so that an isotropic penalty on the components
 *   is an isotropic penalty on the columns.
 * - `weighted`: the same after each column was multiplied by √(r² + 1/n), r its correlation with the target over the
 *   n labelled rows: columns that go with the target come first and are penalised less, as far as n rows can tell.
 * - `whiten`: principal components, each of unit variance.
 */
export type ProjectionMethod = 'weighted' | 'pca' | 'whiten';

/** A linear map from encoded columns to inputs, `(x − centre) · weights`; centre [width], weights [width,inputs]. */
export interface Projection {
  readonly method: ProjectionMethod;
  readonly centre: Float64Array;
  readonly weights: Matrix;
}

/** Components with less than this share of the largest one's variance are rounding. */
const RANK_TOLERANCE = 1e-9;
/** The projection of a wide table is fitted on at most this many labelled rows. */
const WIDE_ROWS = 400;

/**
 * Fits the projection on labelled rows. The projected inputs have mean zero, and mean variance 1 over the inputs.
 * Which method is best was measured on the tables of `bench/tables.mjs`: ridge on 8 `weighted` inputs has 0.92 to 1.00
 * of the RMSE that it has on all columns with 20 or 40 labelled rows, on 8 `pca` inputs 0.95 to 1.00, on 8 `whiten`
 * inputs 0.99 to 1.06; partial least squares, 0.98 to 1.17, is not kept.
 * @param columns [rows,width]
 * @param y labels of mean zero, [rows]
 * @param inputs the most inputs wanted; fewer come back where the columns span less
 */
export function fitProjection(
  columns: Matrix,
  y: Float64Array,
  request: { readonly inputs: number; readonly method?: ProjectionMethod },
): Projection {
  const { inputs, method = 'weighted' } = request;
  const { x, centre } = centred(columns);
  const scales = method === 'weighted' ? columnWeights(x, y) : new Float64Array(x.width).fill(1);
  const components = principal(x, scales, inputs);
  const total = components.reduce((sum, { variance }) => sum + variance, 0);
  const common = total > 0 ? Math.sqrt(components.length / total) : 1;
  const values = new Float64Array(x.width * components.length);
  components.forEach(({ vector, variance }, d) => {
    const factor = method === 'whiten' ? 1 / Math.sqrt(variance) : common;
    for (let c = 0; c < x.width; c++) values[c * components.length + d] = vector[c]! * scales[c]! * factor;
  });
  return { method, centre, weights: { values, rows: x.width, width: components.length } };
}

/** (x − centre) · weights, [rows,inputs]. */
export function project(projection: Projection, x: Matrix): Matrix {
  const { values: w, width: d } = projection.weights;
  const values = new Float64Array(x.rows * d);
  for (let r = 0; r < x.rows; r++)
    for (let c = 0; c < x.width; c++) {
      const cell = x.values[r * x.width + c]! - projection.centre[c]!;
      if (cell === 0) continue;
      for (let j = 0; j < d; j++) values[r * d + j] = values[r * d + j]! + cell * w[c * d + j]!;
    }
  return { values, rows: x.rows, width: d };
}

/** A random orthogonal matrix, [size,size] row-major, uniform (Gram–Schmidt on normal columns). */
export function randomRotation(size: number, stream: Random): Float64Array {
  const q = new Float64Array(size * size);
  for (let r = 0; r < size; r++) {
    const row = q.subarray(r * size, (r + 1) * size);
    let square = 0;
    while (square < 1e-12) {
      for (let c = 0; c < size; c++) row[c] = stream.normal();
      for (let pass = 0; pass < 2; pass++)
        for (let b = 0; b < r; b++) {
          const before = q.subarray(b * size, (b + 1) * size);
          let inner = 0;
          for (let c = 0; c < size; c++) inner += before[c]! * row[c]!;
          for (let c = 0; c < size; c++) row[c] = row[c]! - inner * before[c]!;
        }
      square = row.reduce((sum, v) => sum + v * v, 0);
    }
    for (let c = 0; c < size; c++) row[c] = row[c]! / Math.sqrt(square);
  }
  return q;
}

function centred({ values, rows, width }: Matrix): { x: Matrix; centre: Float64Array } {
  const centre = new Float64Array(width);
  values.forEach((value, i) => {
    centre[i % width] = centre[i % width]! + value / rows;
  });
  return { x: { values: values.map((value, i) => value - centre[i % width]!), rows, width }, centre };
}

/** √(r² + 1/n) for each column, [width]. */
function columnWeights(x: Matrix, y: Float64Array): Float64Array {
  const weights = new Float64Array(x.width);
  for (let c = 0; c < x.width; c++) {
    let xy = 0;
    let xx = 0;
    let yy = 0;
    for (let r = 0; r < x.rows; r++) {
      const v = x.values[r * x.width + c]!;
      xy += v * y[r]!;
      xx += v * v;
      yy += y[r]! * y[r]!;
    }
    const r2 = xx > 0 && yy > 0 ? (xy * xy) / (xx * yy) : 0;
    weights[c] = Math.sqrt(r2 + 1 / x.rows);
  }
  return weights;
}

interface Component {
  readonly variance: number;
  /** Of unit length, [width]. */
  readonly vector: Float64Array;
}

/**
 * The leading principal components of the scaled columns: from the eigenvectors of the columns' second moments, or,
 * where there are more columns than rows, of the rows' (same components, the smaller of the two matrices).
 */
function principal(x: Matrix, scales: Float64Array, most: number): Component[] {
  const tall = x.rows >= x.width;
  const rows = tall ? x.rows : Math.min(x.rows, WIDE_ROWS);
  const chosen = rows === x.rows ? undefined : permutation(x.rows, evenly(x.rows)).slice(0, rows);
  const scaled = new Dense(rows, x.width);
  for (let r = 0; r < rows; r++) {
    const from = (chosen?.[r] ?? r) * x.width;
    for (let c = 0; c < x.width; c++) scaled.set(r, c, x.values[from + c]! * scales[c]!);
  }
  const moments = tall ? scaled.transpose().mmul(scaled) : scaled.mmul(scaled.transpose());
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(moments.div(rows), {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((variance, i) => ({ variance, i }))
    .sort((a, b) => b.variance - a.variance)
    .slice(0, most);
  const top = order[0]?.variance ?? 0;
  return order
    .filter(({ variance }) => variance > RANK_TOLERANCE * top)
    .map(({ variance, i }) => ({
      variance,
      vector: direction(scaled, eigenvectorMatrix.getColumn(i), tall),
    }));
}

function direction(scaled: Dense, vector: number[], tall: boolean): Float64Array {
  const across = tall ? vector : scaled.transpose().mmul(Dense.columnVector(vector)).to1DArray();
  const length = Math.sqrt(across.reduce((sum, v) => sum + v * v, 0));
  // The sign of an eigenvector is arbitrary: the largest entry is made positive.
  const largest = across.reduce((best, v) => (Math.abs(v) > Math.abs(best) + 1e-12 ? v : best), 0);
  return Float64Array.from(across, (v) => (largest < 0 ? -v : v) / length);
}

/** A stream for choosing rows that is the same for every table of a length. */
function evenly(rows: number): Random {
  return random(rows, 'table', 'projection rows');
}
