import { IcicleError } from '../core/errors.js';
import { cholesky, dot, lowerInverse, solveBy } from './inverse.js';
import type { Solution } from './solution.js';

/** One logistic regression for each class against the others, on the vectors of a ridge solution. */
export interface Logistic {
  /** λ of Σ log(1 + exp(∓f)) + (λ/2)|w|², the same for all classes. */
  readonly lambda: number;
  /** Of the constant and the examples (dual) or dimensions (primal), [n,K], as a ridge solution's: the values are logits. */
  readonly coefficients: Float64Array;
  /** Logits of each example from the others, to first order, [N,K]. */
  readonly leftOut: Float64Array;
  /** What ridge regression has the same solution: weights and targets of Newton's last step, [N,K]. */
  readonly weights: Float64Array;
  readonly targets: Float64Array;
  /** The most Newton steps that a class took. */
  readonly steps: number;
}

/** Newton's steps end after one that moves no logit by more than this share: the next would move it by about its square. */
const TOLERANCE = 1e-5;
/**
 * After a step that moved logits by a share between these, the next one keeps the weights: a matrix is then not factored anew,
 * and small logits come nearer by about that share again. Large ones may not, so that weights are kept but once in a row; the last
 * step has its own.
 */
const [NEAR, FAR] = [1e-4, 0.05];
const STEPS = 60;
/** A logit beyond ±23 counts as that sure. */
const LEAST_WEIGHT = 1e-10;

/**
 * The share of λ that Newton's first step gives logistic regression: where all examples have the probabilities of their classes'
 * shares p, its weights are p(1 − p), and the step is ridge regression with λ over their mean. Hence the λ that leaving one out
 * chooses for ridge in closed form, times this, is the one for logistic regression as far as its first step tells.
 */
export function firstWeight(targets: Float64Array, classes: number): number {
  const rows = targets.length / classes;
  let mean = 0;
  for (let k = 0; k < classes; k++) {
    let share = 0;
    for (let i = 0; i < rows; i++) share += targets[i * classes + k]! / rows;
    mean += (share * (1 - share)) / classes;
  }
  return mean;
}

/**
 * Logistic regression by Newton's method: each step is a ridge regression with weights p(1 − p) and targets
 * f + (t − p)/weight (iteratively reweighted least squares; Hastie et al., The Elements of Statistical Learning, §4.4.1), and is
 * halved where it would not descend. Leaving out one is to first order what it is for the last of these ridge regressions
 * (Rad and Maleki 2020, J. R. Stat. Soc. B 82).
 * @param solution ridge's, whose system is used; its λ is not
 * @param targets ones and zeros, [N,K]
 * @throws IcicleError where Newton's steps do not end, which λ > 0 rules out but for rounding
 */
export function logistic(solution: Solution, lambda: number): Logistic {
  const { examples, n } = solution;
  const { rows, outputs, y } = examples;
  const empty = (length: number) => new Float64Array(length * outputs);
  const [coefficients, leftOut, weights, targets] = [empty(n), empty(rows), empty(rows), empty(rows)];
  let most = 0;
  const step = stepper(solution, lambda);
  for (let k = 0; k < outputs; k++) {
    const own = new Float64Array(rows).map((_, i) => y[i * outputs + k]!);
    const fitted =
      settledByShare(solution, own) ?? newton(step, own, examples.weight, started(solution, own, k));
    most = Math.max(most, fitted.steps);
    for (let j = 0; j < n; j++) coefficients[j * outputs + k] = fitted.coefficients[j]!;
    for (let i = 0; i < rows; i++) {
      leftOut[i * outputs + k] = fitted.leftOut[i]!;
      weights[i * outputs + k] = fitted.weights[i]!;
      targets[i * outputs + k] = fitted.targets[i]!;
    }
  }
  return { lambda, coefficients, leftOut, weights, targets, steps: most };
}

/**
 * Where Newton's steps begin: at what the first of them, from the share of the class, gives. That is ridge's solution over the
 * first weights, with the logit of the share as level.
 */
function started(
  { coefficients, examples, intercept, n }: Solution,
  own: Float64Array,
  k: number,
): Float64Array {
  const { outputs, weight } = examples;
  const share = (dot(own, weight) + 0.5) / (sum(weight) + 1);
  const start = new Float64Array(n).map((_, j) => coefficients[j * outputs + k]! / (share * (1 - share)));
  if (intercept) start[0]! += Math.log(share / (1 - share));
  return start;
}

/**
 * A class that all or none of the examples are of, as when those of it were removed: with a free constant its optimum lies at
 * infinity, so that it stays at the logit of its share, counted as half an example more of both kinds.
 */
function settledByShare({ intercept, examples, n }: Solution, own: Float64Array): Fitted | undefined {
  if (!intercept || own.some((target) => target !== own[0])) return undefined;
  const total = sum(examples.weight);
  const share = (own[0]! * total + 0.5) / (total + 1);
  const logit = Math.log(share / (1 - share));
  const coefficients = new Float64Array(n);
  coefficients[0] = logit;
  const everywhere = new Float64Array(own.length).fill(logit);
  const weights = examples.weight.map((count) => count * share * (1 - share));
  return { coefficients, steps: 0, weights, targets: everywhere, leftOut: everywhere };
}

interface Fitted {
  readonly coefficients: Float64Array;
  readonly steps: number;
  readonly weights: Float64Array;
  readonly targets: Float64Array;
  readonly leftOut: Float64Array;
}

/** Ridge regressions with weights, in either form. */
interface Stepper {
  readonly n: number;
  /** Factors the matrix of some weights. */
  weighted(weights: Float64Array): Weighted;
  /** Logits from coefficients, [N]. */
  logits(coefficients: Float64Array): Float64Array;
  /** (λ/2)|w|² */
  penalty(coefficients: Float64Array): number;
}

/** Ridge regressions with the same weights. */
interface Weighted {
  readonly weights: Float64Array;
  coefficients(targets: Float64Array): Float64Array;
  /** Predictions of each example from the others, [N]. @param coefficients of these targets */
  leftOut(targets: Float64Array, coefficients: Float64Array): Float64Array;
}

function newton(step: Stepper, own: Float64Array, counts: Float64Array, start: Float64Array): Fitted {
  const rows = own.length;
  const chance = (f: number) => 1 / (1 + Math.exp(-f));
  const loss = (f: Float64Array, coefficients: Float64Array) => {
    let sum = step.penalty(coefficients);
    for (let i = 0; i < rows; i++) {
      const margin = own[i]! > 0 ? f[i]! : -f[i]!;
      sum += counts[i]! * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))));
    }
    return sum;
  };
  let coefficients = start;
  let f = step.logits(start);
  let now = loss(f, coefficients);
  let weighted: Weighted | undefined;
  let moved = 0;
  let kept = false;
  for (let steps = 1; steps <= STEPS; steps++) {
    const p = f.map(chance);
    kept = !kept && moved > NEAR && moved < FAR;
    if (!kept || weighted === undefined)
      weighted = step.weighted(p.map((value, i) => counts[i]! * Math.max(value * (1 - value), LEAST_WEIGHT)));
    const { weights } = weighted;
    const targets = f.map((value, i) => value + (counts[i]! * (own[i]! - p[i]!)) / weights[i]!);
    const solved = weighted.coefficients(targets);
    const before = coefficients;
    for (let share = 1; ; share /= 2) {
      const tried = before.map((value, j) => value + share * (solved[j]! - value));
      const logits = step.logits(tried);
      const then = loss(logits, tried);
      moved = 0;
      for (let i = 0; i < rows; i++)
        moved = Math.max(moved, Math.abs(logits[i]! - f[i]!) / (1 + Math.abs(f[i]!)));
      // Near the end the loss changes by rounding alone.
      if (then <= now + 1e-12 * Math.abs(now) || share < 1e-6) {
        [coefficients, f, now] = [tried, logits, then];
        break;
      }
    }
    if (moved < TOLERANCE && !kept)
      return { coefficients, steps, weights, targets, leftOut: weighted.leftOut(targets, solved) };
  }
  throw new IcicleError(
    `logistic regression did not settle in ${STEPS} Newton steps; choose a larger λ, or the solver ridge`,
  );
}

const stepper = (solution: Solution, lambda: number): Stepper =>
  solution.form === 'dual' ? dualStepper(solution, lambda) : primalStepper(solution, lambda);

/** In the examples: with B = I + √W K √W/λ, whose eigenvalues are at least 1, (K + λ/W)⁻¹ = √W B⁻¹ √W/λ. */
function dualStepper({ system, n, intercept, examples, lambda: ridges }: Solution, lambda: number): Stepper {
  const { rows, weight } = examples;
  const extra = intercept ? 1 : 0;
  const kernel = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < rows; j++)
      kernel[i * rows + j] = system[(i + extra) * n + j + extra]! - (i === j ? ridges / weight[i]! : 0);
  const row = (i: number) => kernel.subarray(i * rows, (i + 1) * rows);
  const logits = (c: Float64Array) => {
    const alpha = c.subarray(extra);
    return new Float64Array(rows).map((_, i) => dot(row(i), alpha) + (intercept ? c[0]! : 0));
  };
  return {
    n,
    logits,
    penalty: (c) => {
      const f = logits(c);
      return (lambda / 2) * (dot(f, c.subarray(extra)) - (intercept ? c[0]! * sum(c.subarray(1)) : 0));
    },
    weighted: (weights) => {
      const root = weights.map(Math.sqrt);
      const b = new Float64Array(rows * rows);
      for (let i = 0; i < rows; i++) {
        const own = root[i]! / lambda;
        for (let j = 0; j <= i; j++) b[i * rows + j] = own * root[j]! * kernel[i * rows + j]!;
        b[i * (rows + 1)]! += 1;
      }
      const factor = factorOf(b, rows);
      const column = (right: Float64Array) =>
        solveBy(factor, rows, right).map((value, i) => (root[i]! * value) / lambda);
      const ofOnes = column(root);
      const total = sum(ofOnes);
      return {
        weights,
        coefficients: (targets) => {
          const ofTargets = column(root.map((value, i) => value * targets[i]!));
          const constant = intercept ? sum(ofTargets) / total : 0;
          const coefficients = new Float64Array(n);
          if (intercept) coefficients[0] = constant;
          for (let i = 0; i < rows; i++) coefficients[i + extra] = ofTargets[i]! - constant * ofOnes[i]!;
          return coefficients;
        },
        leftOut: (targets, coefficients) => {
          const inverse = lowerInverse(factor, rows);
          return targets.map((target, i) => {
            const column = inverse.subarray(i * rows, (i + 1) * rows);
            const diagonal =
              (weights[i]! * dot(column, column)) / lambda - (intercept ? ofOnes[i]! ** 2 / total : 0);
            return target - coefficients[i + extra]! / diagonal;
          });
        },
      };
    },
  };
}

/** In the dimensions: the normal equations. */
function primalStepper({ centred, n, intercept, examples }: Solution, lambda: number): Stepper {
  const { rows, width } = examples;
  const extra = intercept ? 1 : 0;
  const x = new Float64Array(rows * n);
  for (let i = 0; i < rows; i++) {
    if (intercept) x[i * n] = 1;
    x.set(centred.subarray(i * width, (i + 1) * width), i * n + extra);
  }
  const row = (i: number) => x.subarray(i * n, (i + 1) * n);
  return {
    n,
    logits: (c) => new Float64Array(rows).map((_, i) => dot(row(i), c)),
    penalty: (c) => (lambda / 2) * dot(c.subarray(extra), c.subarray(extra)),
    weighted: (weights) => {
      const system = new Float64Array(n * n);
      for (let j = extra; j < n; j++) system[j * (n + 1)] = lambda;
      for (let i = 0; i < rows; i++) {
        const own = row(i);
        for (let a = 0; a < n; a++) {
          const value = weights[i]! * own[a]!;
          for (let b = 0; b <= a; b++) system[a * n + b]! += value * own[b]!;
        }
      }
      const factor = factorOf(system, n);
      return {
        weights,
        coefficients: (targets) => {
          const right = new Float64Array(n);
          for (let i = 0; i < rows; i++) {
            const own = row(i);
            const value = weights[i]! * targets[i]!;
            for (let a = 0; a < n; a++) right[a]! += value * own[a]!;
          }
          return solveBy(factor, n, right);
        },
        leftOut: (targets, coefficients) => {
          const inverse = lowerInverse(factor, n);
          return targets.map((target, i) => {
            const own = row(i);
            // h = weight · |L⁻¹ x|²
            let square = 0;
            const half = new Float64Array(n);
            for (let c = 0; c < n; c++) for (let r = c; r < n; r++) half[r]! += inverse[c * n + r]! * own[c]!;
            for (let r = 0; r < n; r++) square += half[r]! ** 2;
            return target - (target - dot(own, coefficients)) / (1 - weights[i]! * square);
          });
        },
      };
    },
  };
}

/** @throws IcicleError where rounding leaves a system no longer positive definite */
function factorOf(system: Float64Array, n: number): Float64Array {
  const factor = cholesky(system, n);
  if (factor === undefined)
    throw new IcicleError(
      'λ is too small for logistic regression of these examples in float64; choose a larger one',
    );
  return factor;
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);
