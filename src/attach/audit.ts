import { Matrix, QrDecomposition } from 'ml-matrix';
import { ask, asking } from './ask.js';
import { along, spectrum } from './choose.js';
import { type Examples, meanVector } from './examples.js';
import type { Logistic } from './logistic.js';
import { rowOf, type Solution } from './solution.js';

/** How exact a solution is, and how exact it can be. */
export interface Audit {
  /**
   * Of ridge: the largest difference of a prediction of an example from the textbook's, beside the largest target (less its
   * mean). Of logistic regression, whose solution has no formula: the largest violation of the condition that makes it the
   * optimum, in probability.
   */
  readonly deviation: number;
  /**
   * Condition number of the system in the directions of the examples: (largest eigenvalue + λ)/(smallest + λ). Of logistic
   * regression, of the system of its last Newton step, the greatest of all classes.
   */
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
export function auditOf(solution: Solution, curve?: Logistic): Audit {
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
  const ofRidge = largest === 0 ? worst : worst / largest;
  return {
    deviation: curve === undefined ? ofRidge : violation(solution, curve),
    condition: curve === undefined ? conditionOf(values, lambda) : ofLastSteps(examples, intercept, curve),
    form,
    lambda: curve?.lambda ?? lambda,
  };
}

function conditionOf(values: Float64Array, lambda: number): number {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const least = values.reduce((a, b) => Math.min(a, b), most);
  return (most + lambda) / (least + lambda);
}

const ofLastSteps = (examples: Examples, intercept: boolean, { lambda, weights }: Logistic): number =>
  Array.from({ length: examples.outputs }, (_, k) => {
    const weight = weights.filter((_, at) => at % examples.outputs === k);
    return conditionOf(spectrum({ ...examples, weight }, intercept).values, lambda);
  }).reduce((a, b) => Math.max(a, b));

/**
 * The gradient of logistic regression's loss at its solution: in the dual form weight (t − p) = λα of each example, in the primal
 * one Σ weight (t − p) x = λw, over Σ weight |x|.
 */
function violation(solution: Solution, { coefficients, lambda }: Logistic): number {
  const { form, examples, centred, intercept, n } = solution;
  const { rows, width, outputs, y, weight } = examples;
  const extra = intercept ? 1 : 0;
  let worst = 0;
  for (let k = 0; k < outputs; k++) {
    // A class of which there are no examples, or no others, has no optimum.
    if (y.every((target, at) => at % outputs !== k || target === y[k])) continue;
    const [slopes, sizes] = [new Float64Array(n), new Float64Array(n)];
    for (let i = 0; i < rows; i++) {
      const row = rowOf(solution, centred.subarray(i * width, (i + 1) * width));
      let logit = 0;
      for (let j = 0; j < n; j++) logit += row[j]! * coefficients[j * outputs + k]!;
      const residual = weight[i]! * (y[i * outputs + k]! - 1 / (1 + Math.exp(-logit)));
      if (form === 'dual') {
        slopes[i + extra] = residual - lambda * coefficients[(i + extra) * outputs + k]!;
        sizes[i + extra] = 1;
        continue;
      }
      for (let j = 0; j < n; j++) {
        const x = j < extra ? 1 : centred[i * width + j - extra]!;
        slopes[j]! += residual * x;
        sizes[j]! += weight[i]! * Math.abs(x);
      }
    }
    if (form === 'primal')
      for (let j = extra; j < n; j++) slopes[j]! -= lambda * coefficients[j * outputs + k]!;
    for (let j = 0; j < n; j++) if (sizes[j]! > 0) worst = Math.max(worst, Math.abs(slopes[j]! / sizes[j]!));
  }
  return worst;
}

/** Fitted targets, weighted and centred, [N,K], by QR of [Z; √λ I]. */
function augmented({ examples, lambda, intercept }: Solution, z: Float64Array, rank: number): Matrix {
  const { rows, outputs } = examples;
  const { target } = along(examples, intercept, z);
  const left = new Matrix(rows + rank, rank);
  const right = Matrix.zeros(rows + rank, outputs);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rank; j++) left.set(i, j, z[i * rank + j]!);
    for (let k = 0; k < outputs; k++) right.set(i, k, target[i * outputs + k]!);
  }
  for (let j = 0; j < rank; j++) left.set(rows + j, j, Math.sqrt(lambda));
  const weights = new QrDecomposition(left).solve(right);
  return Matrix.from1DArray(rows, rank, z).mmul(weights);
}
