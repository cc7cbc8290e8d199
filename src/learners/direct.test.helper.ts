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

export interface DirectTree {
  readonly depth: number;
  readonly lambda: number;
  readonly always: boolean;
}

/** The answer of a tree grown one node at a time, each candidate split with sums of its own. */
export function directTree({ x, y, query }: Prefix, how: DirectTree): number {
  const targets = y.to1DArray();
  return directLeaf(x.to2DArray(), targets, query.getRow(0), how);
}

/** The answer of boosting with such trees: each is asked for the query and for every example. */
export function directBoost({ x, y, query }: Prefix, trees: number, rate: number, how: DirectTree): number {
  const rows = x.to2DArray();
  const start = y.mean();
  let residuals = y.to1DArray().map((label) => label - start);
  let answer = start;
  for (let t = 0; t < trees; t++) {
    const targets = residuals;
    answer += rate * directLeaf(rows, targets, query.getRow(0), how);
    residuals = targets.map((target, i) => target - rate * directLeaf(rows, targets, rows[i]!, how));
  }
  return answer;
}

/** The value of the leaf that `query` falls into. */
function directLeaf(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  query: readonly number[],
  { depth, lambda, always }: DirectTree,
): number {
  const score = (values: readonly number[]) =>
    values.reduce((a, b) => a + b, 0) ** 2 / (values.length + lambda);
  const value = targets.reduce((a, b) => a + b, 0) / (targets.length + lambda);
  const size = targets.reduce((sum, target) => sum + target * target, 0);
  const alike = targets.every((target) => Math.abs(target - targets[0]!) <= 1e-7 * Math.sqrt(size));
  if (depth === 0 || targets.length < 2 || alike) return value;
  let best: { gain: number; j: number; threshold: number } | undefined;
  for (let j = 0; j < query.length; j++) {
    const values = [...new Set(rows.map((row) => row[j]!))].sort((a, b) => a - b);
    for (let v = 1; v < values.length; v++) {
      const threshold = (values[v - 1]! + values[v]!) / 2;
      const left = targets.filter((_, i) => rows[i]![j]! <= threshold);
      const right = targets.filter((_, i) => rows[i]![j]! > threshold);
      const gain = score(left) + score(right) - score(targets);
      if (!always && gain <= 1e-12 * size) continue;
      if (best === undefined || gain > best.gain + 1e-12 * size) best = { gain, j, threshold };
    }
  }
  if (best === undefined) return value;
  const { j, threshold } = best;
  const side = (row: readonly number[]) => row[j]! <= threshold === query[j]! <= threshold;
  return directLeaf(
    rows.filter(side),
    targets.filter((_, i) => side(rows[i]!)),
    query,
    { depth: depth - 1, lambda, always },
  );
}
