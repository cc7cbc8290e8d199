import type { Episodes, Learner } from '../core/episodes.js';
import { invalid } from '../core/errors.js';
import { checkLambda, penalties } from './ridge.js';
import { coefficients, designRow } from './rows.js';
import { textbook } from './textbook.js';
import { backward, dot, forward, restart, rotateIn, type Triangle, triangle } from './triangle.js';

export interface RidgeLooOptions {
  /** The λ to choose from. Default `LOO_GRID`. */
  readonly grid?: readonly number[];
  /** Also fit a constant, without penalty. Default false. */
  readonly intercept?: boolean;
}

/** 0.001 … 1000 in half decades: for inputs of unit scale, from nearly least squares to nearly the mean. */
export const LOO_GRID: readonly number[] = Array.from({ length: 13 }, (_, i) => 10 ** (i / 2 - 3));

/**
 * Ridge whose λ is chosen for each prefix from its examples alone: the one with the least squared error of leaving one
 * example out. That error has a closed form, PRESS = Σ ((y_i − x_iᵀw)/(1 − h_i))² with the leverages h_i = x_iᵀ(XᵀX + λI)⁻¹x_i
 * (Allen 1974), and residuals and leverages of all earlier examples change by a rank-one term with each new example:
 * O(k D + D²) for each λ. Equal scores go to the larger λ. While leaving one out cannot tell the λ apart (fewer than
 * 2 examples; 3 with an intercept), the middle of the grid is used.
 * @throws IcicleError where the grid is empty or one of its λ is not a finite number greater than 0.
 */
export function ridgeLoo(options: RidgeLooOptions = {}): Learner {
  const { intercept = false } = options;
  const grid = [...(options.grid ?? LOO_GRID)].sort((a, b) => a - b);
  if (grid.length === 0) throw invalid('grid of ridge λ', '[]', 'it must hold at least one λ');
  grid.forEach(checkLambda);
  const name = `ridge:loo${intercept ? ':intercept' : ''}`;
  return textbook(name, (episodes) => predictLoo(episodes, grid, intercept));
}

function predictLoo(episodes: Episodes, grid: readonly number[], intercept: boolean): Float64Array {
  const { y, points } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const size = coefficients(episodes, intercept);
  const work = workArea(size, points);
  const precisions = grid.map((lambda) => penalties(size, lambda, intercept));
  const enough = intercept ? 3 : 2;
  const middle = Math.floor(grid.length / 2);
  const best = new Float64Array(points);
  for (let e = 0; e < episodes.episodes; e++) {
    for (let k = 0; k < points; k++) {
      designRow(episodes, e, k, intercept, work.row);
      work.rows.set(work.row, k * size);
    }
    const labels = y.subarray(e * points, (e + 1) * points);
    const chosen = values.subarray(e * points, (e + 1) * points);
    best.fill(Number.POSITIVE_INFINITY);
    for (let l = grid.length - 1; l >= 0; l--) {
      onePenalty(work, labels, precisions[l]!, intercept);
      for (let k = 1; k < points; k++) {
        const score = k < enough ? (l === middle ? 0 : 1) : work.press[k]!;
        if (!(score < best[k]!)) continue;
        best[k] = score;
        chosen[k] = work.prediction[k]!;
      }
    }
  }
  return values;
}

interface WorkArea {
  readonly t: Triangle;
  readonly row: Float64Array; // [size]
  readonly w: Float64Array; // [size]
  readonly v: Float64Array; // [size]
  readonly rows: Float64Array; // [K,size]
  readonly residual: Float64Array; // [K] y_i − x_iᵀw
  readonly slack: Float64Array; // [K] 1 − h_i
  readonly prediction: Float64Array; // [K]
  readonly press: Float64Array; // [K]
}

function workArea(size: number, points: number): WorkArea {
  const zeros = (length: number) => new Float64Array(length);
  return {
    t: triangle(size),
    row: zeros(size),
    w: zeros(size),
    v: zeros(size),
    rows: zeros(points * size),
    residual: zeros(points),
    slack: zeros(points),
    prediction: zeros(points),
    press: zeros(points),
  };
}

/** Fills `prediction` and `press` for every prefix of one episode under one penalty. */
function onePenalty(work: WorkArea, labels: Float64Array, precision: Float64Array, intercept: boolean): void {
  const { t, row, w, v, rows, residual, slack, prediction, press } = work;
  const { size } = t;
  const points = labels.length;
  restart(t, precision);
  for (let k = 0; k < points; k++) {
    for (let j = 0; j < size; j++) row[j] = rows[k * size + j]!;
    if (k === 0 && intercept) {
      // The first example settles the free constant: it fits exactly, and leaving it out leaves nothing.
      residual[0] = 0;
      slack[0] = 0;
    } else {
      backward(t, t.z, w);
      prediction[k] = dot(row, w);
      const error = labels[k]! - prediction[k]!;
      const growth = 1 + forward(t, row, v);
      backward(t, v, v); // v = (XᵀX + λI)⁻¹ x
      let sum = 0;
      for (let i = 0; i < k; i++) {
        const leftOut = residual[i]! / slack[i]!;
        sum += leftOut * leftOut;
        let inner = 0;
        for (let j = 0; j < size; j++) inner += rows[i * size + j]! * v[j]!;
        residual[i] = residual[i]! - (inner * error) / growth;
        slack[i] = slack[i]! + (inner * inner) / growth;
      }
      press[k] = sum;
      residual[k] = error / growth;
      slack[k] = 1 / growth;
    }
    rotateIn(t, row, labels[k]!);
  }
}
