import { inverse, Matrix, pseudoInverse } from 'ml-matrix';
import type { Episodes } from '../core/episodes.js';

/**
 * The textbook formulas written down directly, one prefix at a time and slow, each with a factorisation of its own:
 * what the incremental learners are checked against.
 */
export interface Prefix {
  /** [n,D] */
  readonly x: Matrix;
  /** [n,1] */
  readonly y: Matrix;
  /** [1,D] */
  readonly query: Matrix;
}

/** The first k points of episode e, and point k as the query; k is at least 1. */
export function prefix({ x, y, points, inputs }: Episodes, e: number, k: number): Prefix {
  const rows = Array.from({ length: k + 1 }, (_, i) => {
    const at = (e * points + i) * inputs;
    return Array.from(x.subarray(at, at + inputs));
  });
  return {
    x: new Matrix(rows.slice(0, k)),
    y: Matrix.columnVector(Array.from(y.subarray(e * points, e * points + k))),
    query: new Matrix(rows.slice(k)),
  };
}

/** x* X⁺ Y, by singular values. */
export function directOls({ x, y, query }: Prefix): number {
  return query.mmul(pseudoInverse(x)).mmul(y).get(0, 0);
}

/** x* (XᵀX + λI)⁻¹ XᵀY. */
export function directRidge({ x, y, query }: Prefix, lambda: number): number {
  const a = x.transpose().mmul(x).add(Matrix.eye(x.columns).mul(lambda));
  return query.mmul(inverse(a)).mmul(x.transpose().mmul(y)).get(0, 0);
}

/** A learner with a free constant, by centring on the means of the examples. */
export function withConstant(p: Prefix, predict: (p: Prefix) => number): number {
  const center = new Matrix([p.x.mean('column')]);
  const constant = p.y.mean();
  const centred = {
    x: new Matrix(p.x.to2DArray().map((row) => row.map((value, j) => value - center.get(0, j)))),
    y: Matrix.sub(p.y, constant),
    query: Matrix.sub(p.query, center),
  };
  return constant + predict(centred);
}

/** The sum of squared errors of predicting each example from the others. */
export function leaveOneOut({ x, y }: Prefix, predict: (p: Prefix) => number): number {
  let sum = 0;
  for (let i = 0; i < x.rows; i++) {
    const others = Array.from({ length: x.rows }, (_, j) => j).filter((j) => j !== i);
    const columns = Array.from({ length: x.columns }, (_, j) => j);
    const without = {
      x: x.selection(others, columns),
      y: y.selection(others, [0]),
      query: x.selection([i], columns),
    };
    sum += (y.get(i, 0) - predict(without)) ** 2;
  }
  return sum;
}
