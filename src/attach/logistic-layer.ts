import {
  add,
  div,
  exp,
  greater,
  log,
  matmul,
  max,
  mul,
  neg,
  reduceSum,
  reshape,
  sqrt,
  square,
  sub,
  swapLast,
  tanh,
  where,
} from '../graph/ops/index.js';
import type { Dim, Tensor } from '../graph/tensor.js';
import { schulz } from './schulz.js';

/** What the pairing layer has of N examples and M queries. All is divided by the kernel's scale, so that its eigenvalues are 0…1. */
export interface Paired {
  /** [N,N] */
  readonly kernel: Tensor;
  /** Of queries with examples, [M,N]. */
  readonly pairs: Tensor;
  /** Ones and zeros, [N,K]. */
  readonly labels: Tensor;
  /** N, as [1,1]. */
  readonly n: Tensor;
  readonly intercept: boolean;
  readonly precision: 'float32' | 'float64';
}

export interface LogisticScores {
  /** Logits of the queries, [M,K]. */
  readonly scores: Tensor;
  /** Logits of each example from the others, to first order, [N,K]. */
  readonly leftOut: Tensor;
}

/** Steps of bounded curvature, and Newton's steps after them. */
const [BOUNDED, NEWTON] = [80, 6];
/** Newton–Schulz iterations for the inverse with bounded weights, and for those with each class's own. */
const [START, OWN] = [12, 26];
/** How sure an example counts at most: in float64 a logit of ±23, as in the library; float32 cannot tell so little from 0. */
const LEAST_WEIGHT = { float64: 1e-10, float32: 1e-6 } as const;

/** The mean over classes of p(1 − p) where p is a class's share, [1,1]: `firstWeight` of the library. */
export function firstWeightOf(labels: Tensor, n: Tensor, classes: Tensor): Tensor {
  const share = div(reduceSum(labels, [0], true), n);
  return div(reduceSum(mul(share, sub(1, share)), [1], true), classes);
}

/**
 * Logistic regression of each class against the others, all at once, in two stages of a fixed number of steps.
 *
 * First the weights p(1 − p) are replaced by their bound ¼ (Böhning 1992, Annals of the Institute of Statistical Mathematics 44):
 * a step is then f ← H(f + 4(t − p)) with one matrix H = K(K + 4λ)⁻¹ for all classes and steps, and never overshoots; momentum
 * that begins again where it points back (O'Donoghue and Candès 2015, Foundations of Computational Mathematics 15) makes it quick.
 * Then come Newton's steps with each class's own weights; the last one's inverse also says what leaving one out does, as in
 * `logistic` of the library.
 * @param lambda over the kernel's scale, [1,1]
 * @param start (K + other λ)⁻¹, of a λ of at least 4 · this one, whose part along 1 does not matter
 */
export function logisticLayer(
  { kernel, pairs, labels, n, intercept, precision }: Paired,
  lambda: Tensor,
  start: Tensor,
  identity: Tensor,
): LogisticScores {
  const truth = swapLast(labels); // [K,N]
  const chance = (logits: Tensor) => div(1, add(1, exp(neg(logits))));

  // (K + 4λ)⁻¹, whose part along 1 is held at 1/(1 + 4λ), as in `layers`.
  const four = mul(lambda, 4);
  const even = div(add(mul(kernel, 0), 1), n); // 1 1ᵀ/n
  const lifted = add(intercept ? add(kernel, even) : kernel, mul(identity, four));
  const bounded = schulz(start, lifted, START);
  const smooth = matmul(kernel, bounded);
  // H, [N,N]: with a constant the mean of targets goes through as it is, and the rest is smoothed.
  const smoother = intercept ? add(sub(smooth, div(reduceSum(smooth, [0], true), n)), even) : smooth;

  const share = div(add(reduceSum(truth, [1], true), 0.5), add(n, 1)); // [K,1]
  const level = log(div(share, sub(1, share)));
  // In halves of logits 4(t − p) is 2t − 1 − tanh: fewer nodes, of which a runtime makes its plan.
  const signs = sub(mul(truth, 2), 1);
  const begin = add(mul(truth, 0), intercept ? div(level, 2) : 0);
  let [halves, ahead, age] = [begin, begin, mul(level, 0)];
  for (let step = 0; step < BOUNDED; step++) {
    const next = matmul(sub(add(ahead, signs), tanh(ahead)), smoother);
    const moved = sub(next, halves);
    const back = greater(reduceSum(mul(sub(ahead, next), moved), [1], true), 0);
    age = where(back, 0, add(age, 1));
    ahead = add(next, mul(moved, div(age, add(age, 3))));
    halves = next;
  }
  let logits = mul(halves, 2);

  const [k, m] = truth.shape as [Dim, Dim];
  const columns = (rows: Tensor) => reshape(rows, [k, m, 1]);
  const rowsOf = (stack: Tensor) => reshape(stack, [k, m]);
  let last: { alpha: Tensor; constant: Tensor; leftOut: Tensor } | undefined;
  for (let step = 0; step < NEWTON; step++) {
    const p = chance(logits);
    const weights = max(mul(p, sub(1, p)), LEAST_WEIGHT[precision]);
    const targets = add(logits, div(sub(truth, p), weights));
    const root = sqrt(weights);
    const [down, across] = [columns(root), reshape(root, [k, 1, m])];
    // B = I + √W K √W/λ of each class, [K,N,N]
    const system = add(mul(mul(down, across), div(kernel, lambda)), identity);
    const norm = sqrt(reduceSum(square(system), [1, 2], true));
    const inverse = schulz(div(identity, norm), system, OWN);
    const solved = (right: Tensor) => div(mul(root, rowsOf(matmul(inverse, columns(right)))), lambda);
    const [ofTargets, ofOnes] = [solved(mul(root, targets)), solved(root)];
    const total = reduceSum(ofOnes, [1], true);
    const constant = intercept ? div(reduceSum(ofTargets, [1], true), total) : mul(level, 0);
    const alpha = sub(ofTargets, mul(ofOnes, constant));
    const all = div(mul(weights, reduceSum(mul(inverse, identity), [2])), lambda);
    const diagonal = intercept ? sub(all, div(mul(ofOnes, ofOnes), total)) : all;
    logits = add(matmul(alpha, kernel), constant);
    last = { alpha, constant, leftOut: sub(targets, div(alpha, diagonal)) };
  }

  const { alpha, constant, leftOut } = last!;
  const scores = add(matmul(pairs, swapLast(alpha)), swapLast(constant));
  if (!intercept) return { scores, leftOut: swapLast(leftOut) };
  // A class of which all or no examples are stays at the logit of its share.
  const count = reduceSum(truth, [1], true);
  const settled = where(greater(count, 0.5), where(greater(sub(n, count), 0.5), 0, 1), 1); // [K,1]
  const kept = (mine: Tensor, shape: Tensor) =>
    where(greater(add(swapLast(settled), mul(shape, 0)), 0.5), add(swapLast(level), mul(shape, 0)), mine);
  return { scores: kept(scores, scores), leftOut: kept(swapLast(leftOut), labels) };
}
