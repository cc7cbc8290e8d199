import { Matrix as Dense, SingularValueDecomposition } from 'ml-matrix';
import { beliefs, ridgeEvidence } from '../core/beliefs.js';
import { LOO_GRID } from '../learners/index.js';
import type { Matrix } from './encode.js';

/** A prediction that is a constant and one weight for each input. */
export interface LinearFit {
  readonly constant: number;
  /** [width] */
  readonly weights: Float64Array;
}

/** Singular values below this share of the largest are rounding. */
const RANK_TOLERANCE = 1e-10;

/**
 * The textbook learners that are linear in the query, fitted to all labelled rows at once, where the learner itself fits
 * every prefix and tells only predictions: `mean`, and `ols`, `ridge:λ` and `ridge:loo`, each with an intercept, as is
 * usual on tables, whether the name says so or not. One singular value decomposition answers for every λ, and its cost
 * depends on the smaller of the numbers of rows and columns: with the centred X = U S Vᵀ the weights are V S/(S² + λ) Uᵀ y,
 * and PRESS has the leverages h = 1/n + Σ U² S²/(S² + λ).
 * @param name a learner's own, as `parseLearner` gives it
 * @param x [rows,width], at least 3 rows
 * @param y [rows]
 * @returns nothing where the name is that of another learner
 */
export function fitLinear(name: string, x: Matrix, y: Float64Array): LinearFit | undefined {
  const [kind, lambda] = name.split(':');
  if (kind === 'mean') return { constant: average(y), weights: new Float64Array(x.width) };
  if (kind === 'ols') return fitRidge(x, y, () => [{ lambda: 0, share: 1 }]);
  if (kind !== 'ridge') return undefined;
  if (lambda === 'loo') return fitRidge(x, y, leastPress);
  return fitRidge(x, y, () => [{ lambda: Number(lambda), share: 1 }]);
}

/**
 * Ridge under all λ of the grid together, each believed as much as the labels speak for it (Bayesian model averaging: Hoeting et al.
 * 1999, Statistical Science 14). A few labels do not tell λ, and the one that happens to leave them out best may be far from
 * it; many single out one.
 * @param x [rows,width]
 * @param y [rows]
 */
export const fitAveragedRidge = (x: Matrix, y: Float64Array): LinearFit => fitRidge(x, y, byEvidence);

/** A λ, and how much of the weights is this one's; 0 is least squares of minimum norm. */
interface Penalty {
  readonly lambda: number;
  readonly share: number;
}

function fitRidge(
  x: Matrix,
  y: Float64Array,
  choose: (d: Decomposition, y: Float64Array) => readonly Penalty[],
): LinearFit {
  const centre = new Float64Array(x.width);
  for (let r = 0; r < x.rows; r++)
    for (let c = 0; c < x.width; c++) centre[c] = centre[c]! + x.values[r * x.width + c]! / x.rows;
  const level = average(y);
  const labels = y.map((label) => label - level);
  const rows = Array.from({ length: x.rows }, (_, r) =>
    Array.from(centre, (mean, c) => x.values[r * x.width + c]! - mean),
  );
  const d = decompose(rows, labels);
  const penalties = choose(d, labels);
  const weights = new Float64Array(x.width);
  d.s.forEach((s, j) => {
    const along = penalties.reduce(
      (sum, { lambda, share }) => sum + (share * s * d.uy[j]!) / (s * s + lambda),
      0,
    );
    for (let c = 0; c < x.width; c++) weights[c] = weights[c]! + d.v.get(c, j) * along;
  });
  return { constant: level - dot(centre, weights), weights };
}

/** X = U S Vᵀ without what is rounding: U [rows,rank], s [rank], V [width,rank], and Uᵀy [rank]. */
interface Decomposition {
  readonly u: Dense;
  readonly s: readonly number[];
  readonly v: Dense;
  readonly uy: Float64Array;
}

function decompose(rows: number[][], y: Float64Array): Decomposition {
  const {
    leftSingularVectors: u,
    diagonal,
    rightSingularVectors: v,
  } = new SingularValueDecomposition(new Dense(rows), { autoTranspose: true });
  const s = diagonal.filter((value) => value > RANK_TOLERANCE * diagonal[0]!);
  const uy = Float64Array.from(s, (_, j) => y.reduce((sum, label, i) => sum + u.get(i, j) * label, 0));
  return { u, s, v, uy };
}

/** The λ with the least PRESS = Σ ((y − ŷ)/(1 − h))²; of equal ones the largest. */
function leastPress({ u, s, uy }: Decomposition, y: Float64Array): Penalty[] {
  let best = { lambda: Number.NaN, press: Number.POSITIVE_INFINITY };
  for (const lambda of [...LOO_GRID].sort((a, b) => b - a)) {
    const kept = s.map((value) => (value * value) / (value * value + lambda));
    let press = 0;
    y.forEach((label, i) => {
      let fitted = 0;
      let h = 1 / y.length;
      kept.forEach((share, j) => {
        fitted += u.get(i, j) * share * uy[j]!;
        h += u.get(i, j) ** 2 * share;
      });
      press += ((label - fitted) / (1 - h)) ** 2;
    });
    if (press < best.press) best = { lambda, press };
  }
  return [{ lambda: best.lambda, share: 1 }];
}

/** Each λ of the grid by its evidence. */
function byEvidence({ s, uy }: Decomposition, y: Float64Array): Penalty[] {
  const parts = uy.map((value) => value * value);
  const rest = Math.max(0, dot(y, y) - parts.reduce((a, b) => a + b, 0));
  const along = { squares: s.map((value) => value * value), parts, rest };
  const shares = beliefs(LOO_GRID.map((lambda) => ridgeEvidence(along, lambda, y.length - 1)));
  return shares.map((share, at) => ({ lambda: LOO_GRID[at]!, share }));
}

/** The predictions for some rows [rows,width], [rows]. */
export function predictLinear({ constant, weights }: LinearFit, x: Matrix): Float64Array {
  return Float64Array.from(
    { length: x.rows },
    (_, r) => constant + dot(x.values.subarray(r * x.width, (r + 1) * x.width), weights),
  );
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
