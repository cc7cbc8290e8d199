import { Matrix, QrDecomposition } from 'ml-matrix';
import { ask, asking } from './ask.js';
import { spectrum } from './choose.js';
import { meanVector } from './examples.js';
import { type Solution } from './solution.js';

/** How exact a solution is, and how exact it can be. */
export interface Audit {
  /** The largest difference of a prediction of an example from the textbook's, beside the largest target (less its mean). */
  readonly deviation: number;
  /** Condition number of the system in the directions of the examples: (largest eigenvalue + λ)/(smallest + λ). */
  readonly condition: number;
  /** Whether the system has a row for each example (dual) or for each dimension (primal). */
  readonly form: 'dual' | 'primal';
  readonly lambda: number;
}

/**
 * Holds a solution against ridge regression written down directly: the least squares of the weighted, centred examples with
 * √λ times the identity below them, by QR, which neither forms XᵀX nor an inverse. Where there are more dimensions than
 * examples, in the examples' own coordinates.
 */
export function auditOf(solution: Solution): Audit {
  const { examples, lambda, intercept, form } = solution;
  const { rows, width, outputs, x, y, weight } = examples;
  const { values, z } = spectrum(examples, intercept);
  const textbook = augmented(solution, z, values.length);
  const asked = asking(solution);
  const level = intercept ? meanVector({ ...examples, x: y, width: outputs }) : new Float64Array(outputs);
  let [worst, largest] = [0, 0];
  for (let i = 0; i < rows; i++) {
    const { values: given } = ask(asked, x.subarray(i * width, (i + 1) * width));
    for (let k = 0; k < outputs; k++) {
      const direct = level[k]! + textbook.get(i, k) / Math.sqrt(weight[i]!);
      worst = Math.max(worst, Math.abs(direct - given[k]!));
      largest = Math.max(largest, Math.abs(y[i * outputs + k]! - level[k]!));
    }
  }
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const least = values.reduce((a, b) => Math.min(a, b), most);
  return {
    deviation: largest === 0 ? worst : worst / largest,
    condition: (most + lambda) / (least + lambda),
    form,
    lambda,
  };
}

/** Fitted targets, weighted and centred, [N,K], by QR of [Z; √λ I]. */
function augmented({ examples, lambda, intercept }: Solution, z: Float64Array, rank: number): Matrix {
  const { rows, outputs, y, weight } = examples;
  const level = intercept ? meanVector({ ...examples, x: y, width: outputs }) : new Float64Array(outputs);
  const left = new Matrix(rows + rank, rank);
  const right = Matrix.zeros(rows + rank, outputs);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rank; j++) left.set(i, j, z[i * rank + j]!);
    for (let k = 0; k < outputs; k++)
      right.set(i, k, Math.sqrt(weight[i]!) * (y[i * outputs + k]! - level[k]!));
  }
  for (let j = 0; j < rank; j++) left.set(rows + j, j, Math.sqrt(lambda));
  const weights = new QrDecomposition(left).solve(right);
  return Matrix.from1DArray(rows, rank, z).mmul(weights);
}
