import { Matrix as Dense, SingularValueDecomposition } from 'ml-matrix';
import type { Matrix } from '../encode.js';

/** A multinomial logistic regression for each λ of a grid. */
export interface LogisticPath {
  /** Of some rows, the probabilities of the classes under the λ of an index, [rows,K]. */
  probabilities(x: Matrix): (at: number) => Float64Array;
}

const ROUNDS = 200;
/** Rounds end when no weight moves by more: probabilities are then within a few thousandths. */
const TOLERANCE = 3e-4;
/** Singular values below this share of the largest are rounding. */
const RANK_TOLERANCE = 1e-8;

/**
 * Multinomial logistic regression: the weights of least Σ −log p(y|x) + (λ/2)‖W‖², the constants free, for each λ of a grid from
 * the largest on. The Hessian is at most ½ XᵀX + λ for each class (Böhning 1992, Ann. Inst. Stat. Math. 44), which in the singular vectors
 * of X is diagonal: each round moves all weights by their gradient over that bound, and never ascends. Its momentum is
 * Nesterov's, from rest again whenever it carries uphill (O'Donoghue and Candès 2015, Found. Comput. Math. 15).
 * @param x [rows,width], of mean zero or nearly so
 * @param y classes 0…K−1, [rows]
 * @param lambdas descending
 */
export function fitLogistic(x: Matrix, y: Int32Array, k: number, lambdas: readonly number[]): LogisticPath {
  const { s, v, z } = decompose(x);
  const rank = s.length;
  const width = rank + 1; // the last is the constant
  const start = new Float64Array(width * k);
  const counts = new Float64Array(k).fill(0.5);
  for (const label of y) counts[label]!++;
  counts.forEach((count, c) => {
    start[rank * k + c] = Math.log(count / (y.length + k / 2));
  });
  let from: Float64Array = start;
  const fitted = lambdas.map((lambda) => {
    from = descend({ s, z, y, k, lambda, from });
    return from;
  });
  return {
    probabilities: (rows) => {
      const turned = rotate(rows, v, rank);
      return (at) => softmaxOf(turned, fitted[at]!, rows.rows, width, k);
    },
  };
}

interface Problem {
  readonly s: readonly number[];
  /** Rows in the singular vectors and a one, [rows,rank+1]. */
  readonly z: Float64Array;
  readonly y: Int32Array;
  readonly k: number;
  readonly lambda: number;
  readonly from: Float64Array;
}

function descend({ s, z, y, k, lambda, from }: Problem): Float64Array {
  const rows = y.length;
  const width = s.length + 1;
  const bound = Float64Array.from({ length: width }, (_, w) =>
    w < s.length ? (s[w]! * s[w]!) / 2 + lambda : rows / 2 + 1e-6,
  );
  let weights: Float64Array = from;
  let ahead: Float64Array = from;
  let momentum = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const gradient = new Float64Array(width * k);
    const p = softmaxOf(z, ahead, rows, width, k);
    for (let r = 0; r < rows; r++) {
      p[r * k + y[r]!]! -= 1;
      for (let w = 0; w < width; w++) {
        const value = z[r * width + w]!;
        for (let c = 0; c < k; c++) gradient[w * k + c]! += value * p[r * k + c]!;
      }
    }
    const next = new Float64Array(width * k);
    let [moved, uphill] = [0, 0];
    for (let w = 0; w < width; w++) {
      const penalty = w < s.length ? lambda : 0;
      for (let c = 0; c < k; c++) {
        const at = w * k + c;
        const slope = gradient[at]! + penalty * ahead[at]!;
        next[at] = ahead[at]! - slope / bound[w]!;
        uphill += slope * (next[at]! - weights[at]!);
        moved = Math.max(
          moved,
          Math.abs(next[at]! - weights[at]!) * (w < s.length ? s[w]! / Math.sqrt(rows) : 1),
        );
      }
    }
    if (uphill > 0) momentum = 1;
    const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    ahead = next.map((value, i) => value + ((momentum - 1) / grown) * (value - weights[i]!));
    weights = next;
    momentum = grown;
    if (moved < TOLERANCE) break;
  }
  return weights;
}

/** Probabilities [rows,K] from rows [rows,width] and weights [width,K]. */
function softmaxOf(
  z: Float64Array,
  weights: Float64Array,
  rows: number,
  width: number,
  k: number,
): Float64Array {
  const p = new Float64Array(rows * k);
  for (let r = 0; r < rows; r++) {
    const own = p.subarray(r * k, (r + 1) * k);
    for (let w = 0; w < width; w++) {
      const value = z[r * width + w]!;
      for (let c = 0; c < k; c++) own[c]! += value * weights[w * k + c]!;
    }
    const top = own.reduce((a, b) => Math.max(a, b));
    let sum = 0;
    for (let c = 0; c < k; c++) sum += own[c] = Math.exp(own[c]! - top);
    for (let c = 0; c < k; c++) own[c]! /= sum;
  }
  return p;
}

/** The singular values of X that are not rounding, their right vectors [width,rank], and the rows in them. */
function decompose(x: Matrix): { s: number[]; v: Dense; z: Float64Array } {
  if (x.width === 0) return { s: [], v: new Dense(0, 0), z: new Float64Array(x.rows).fill(1) };
  const dense = Dense.from1DArray(x.rows, x.width, x.values);
  const { diagonal, rightSingularVectors } = new SingularValueDecomposition(dense, { autoTranspose: true });
  const s = diagonal.filter((value) => value > RANK_TOLERANCE * diagonal[0]! && value > 0);
  const v = rightSingularVectors.subMatrix(0, x.width - 1, 0, Math.max(0, s.length - 1));
  return { s, v, z: rotate(x, v, s.length) };
}

/** Rows in the singular vectors, and a one behind each, [rows,rank+1]. */
function rotate(x: Matrix, v: Dense, rank: number): Float64Array {
  const z = new Float64Array(x.rows * (rank + 1));
  for (let r = 0; r < x.rows; r++) {
    for (let w = 0; w < x.width; w++) {
      const value = x.values[r * x.width + w]!;
      if (value !== 0) for (let j = 0; j < rank; j++) z[r * (rank + 1) + j]! += value * v.get(w, j);
    }
    z[r * (rank + 1) + rank] = 1;
  }
  return z;
}
