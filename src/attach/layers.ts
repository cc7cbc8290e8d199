import {
  add,
  div,
  eyeLike,
  greater,
  log,
  matmul,
  max,
  mul,
  reduceSum,
  slice,
  softmax,
  sqrt,
  square,
  sub,
  swapLast,
  where,
} from '../graph/ops/index.js';
import { type Graph, graph, input, type Tensor } from '../graph/tensor.js';
import { EACH, FEW, GRID } from './choose.js';
import { firstWeightOf, type LogisticScores, logisticLayer } from './logistic-layer.js';
import { schulz } from './schulz.js';
import type { Settings } from './settings.js';
import { SHARPNESS } from './trust.js';

export type LayerSettings = Pick<Settings, 'task' | 'solver' | 'lambda' | 'intercept' | 'unit'> & {
  readonly precision: 'float32' | 'float64';
};

/** Newton–Schulz iterations after which 1 − 1/√10, what a step of the grid leaves, is below float32's rounding. */
const STEPS = 6;
/** The same for the first λ of the grid, whose system is nearly a multiple of the identity. */
const FIRST = 4;
/** The same for a given λ of at least 1e-6 of the trace. */
const ALONE = 26;
/** The smallest share of the trace that λ may be: below it, float32's rounding would be larger than what λ leaves of targets. */
const FLOOR = {
  ridge: { float32: 1e-4, float64: GRID.at(-1)! },
  // It divides by small weights besides.
  logistic: { float32: 1e-3, float64: GRID.at(-1)! },
} as const;

export const floorOf = ({ solver, precision }: Pick<LayerSettings, 'solver' | 'precision'>): number =>
  FLOOR[solver][precision];
/** In float32, vectors whose squared differences are below this share of their squares are the same. */
const SAME = 1e-12;

/**
 * The two layers as a graph with open axes: vectors of examples [N,D], their labels [N,K] (numbers, or ones and zeros of
 * classes), vectors of queries [M,D] → `predictions` [M,K] (of classes: probabilities), `known` [M,1], `lambda` [1,1], and
 * `scores` (classes) or `spread` (numbers: the standard deviation to expect) [M,K].
 *
 * The first layer pairs: inner products of all examples, [N,N], of queries with examples, [M,N], and the labels. The second
 * solves for ridge regression: the inverse of the kernel + λ by Newton–Schulz iterations. λ runs down its grid with the inverse
 * for one λ as the start for the next, and the one of least leave-one-out error stays, as in `chooseLambda` (down to `floorOf`).
 * Cost O(N³) for each iteration: meant for up to some hundreds of examples. Of logistic regression, that λ is where it begins
 * (`logisticLayer`), and each of its last iterations costs O(K N³).
 */
export function layers({ task, solver, lambda, intercept, unit, precision }: LayerSettings): Graph {
  const floor = floorOf({ solver, precision });
  const grid = GRID.filter((share) => share >= 0.99 * floor);
  const labels = input('labels', ['examples', 'outputs']);
  const [rawX, rawQ] = [input('examples', ['examples', 'width']), input('queries', ['queries', 'width'])];
  const [x0, q0] = unit ? [toUnit(rawX), toUnit(rawQ)] : [rawX, rawQ];
  const ones = add(mul(slice(labels, 1, 0, 1), 0), 1); // [N,1]
  const n = reduceSum(ones, [0], true); // [1,1]

  const meanOf = (rows: Tensor) => div(reduceSum(rows, [0], true), n);
  const [origin, level] = [meanOf(x0), meanOf(labels)];
  const centre = (rows: Tensor, mean: Tensor) => (intercept ? sub(rows, mean) : rows);
  const [x, q, y] = [centre(x0, origin), centre(q0, origin), centre(labels, level)];

  const whole = (values: Tensor) => reduceSum(square(values), [0, 1], true); // [1,1]
  const scale = max(max(whole(x), mul(whole(x0), SAME)), 1e-30);
  const kernel = div(matmul(x, swapLast(x)), scale); // [N,N], eigenvalues from 0 to 1
  const pairs = div(matmul(q, swapLast(x)), scale); // [M,N]
  const identity = eyeLike(kernel);
  // With a constant all that is multiplied by the inverse adds up to 0, so that its part along 1 does not matter. It is held at
  // 1/(1 + λ): left at 0 it would be a fixed point from which rounding errors double in every iteration.
  const fixed = intercept ? add(kernel, div(matmul(ones, swapLast(ones)), n)) : kernel;

  // The solver's λ over ridge's.
  const weight = solver === 'logistic' ? max(firstWeightOf(labels, n, columns(labels)), 1e-6) : undefined;
  const best =
    lambda === 'leave-one-out' ? chosen() : given(weight === undefined ? lambda : div(lambda, weight));
  const scores = intercept ? add(matmul(pairs, best.alpha), level) : matmul(pairs, best.alpha); // [M,K]

  // What the examples tell of a query, as a share of what is not known beforehand.
  const prior = reduceSum(square(q), [1], true); // [M,1]
  const told = mul(reduceSum(mul(matmul(pairs, best.inverse), pairs), [1], true), scale);
  const share = where(greater(prior, 0), max(div(told, max(prior, 1e-30)), 0), 1);
  const cosines = () => reduceSum(square(matmul(toUnit(q0), swapLast(toUnit(x0)))), [1], true);
  const known = intercept ? share : where(greater(cosines(), 1e-11), share, 0);

  const own = weight === undefined ? best.lambda : mul(best.lambda, weight);
  const common = { known, lambda: mul(own, scale) };
  if (task === 'numbers') {
    const degrees = intercept ? sub(n, 1) : n;
    const variance = div(reduceSum(mul(y, best.alpha), [0], true), degrees); // [1,K]
    const noise = mul(best.lambda, intercept ? add(1, div(1, n)) : 1);
    const growth = add(noise, max(div(sub(prior, told), scale), 0)); // [M,1]
    const spread = sqrt(mul(max(variance, 0), growth));
    return graph({ predictions: scores, spread, ...common });
  }
  if (solver === 'logistic') {
    const paired = { kernel, pairs, labels, n, intercept, precision };
    return probabilities(logisticLayer(paired, own, best.inverse, identity));
  }
  // Scores of each example from the others, [N,K].
  return probabilities({ scores, leftOut: sub(labels, div(best.alpha, best.diagonal)) });

  function probabilities({ scores, leftOut }: LogisticScores): Graph {
    const sharpness = chooseSharpness(leftOut, labels, n);
    return graph({ predictions: softmax(mul(scores, sharpness)), scores, ...common });
  }

  function solvedAt(lambdaNow: Tensor | number, start: Tensor, steps: number) {
    const system = add(fixed, mul(identity, lambdaNow));
    const inverse = schulz(start, system, steps);
    const alpha = matmul(inverse, y);
    const all = reduceSum(mul(inverse, identity), [1], true);
    const diagonal = intercept ? sub(all, div(1, mul(n, add(1, lambdaNow)))) : all;
    const error = whole(div(alpha, diagonal));
    return { inverse, alpha, diagonal, error, lambda: mul(add(mul(scale, 0), 1), lambdaNow) };
  }

  function chosen() {
    const [first, ...others] = grid as [number, ...number[]];
    let best = solvedAt(first, mul(identity, 1 / (first + 0.5)), FIRST);
    let last = best;
    const middle = Math.floor(GRID.length / 2);
    // With too few examples to tell, all λ but the middle one count as bad.
    const tell =
      task === 'classes' ? greater(n, sub(mul(columns(labels), EACH), 0.5)) : greater(n, FEW - 0.5);
    best = { ...best, error: where(tell, best.error, 2) };
    for (const [i, share] of others.entries()) {
      last = solvedAt(share, last.inverse, STEPS);
      const error = where(tell, last.error, i + 1 === middle ? 0 : 2);
      const better = greater(best.error, error);
      const pick = (now: Tensor, before: Tensor) => where(better, now, before);
      best = {
        inverse: pick(last.inverse, best.inverse),
        alpha: pick(last.alpha, best.alpha),
        diagonal: pick(last.diagonal, best.diagonal),
        lambda: pick(last.lambda, best.lambda),
        error: pick(error, best.error),
      };
    }
    return best;
  }

  function given(value: number | Tensor) {
    const share = max(div(value, scale), floor);
    // The largest eigenvalue is at most 1 + λ, so that this start converges.
    return solvedAt(share, div(identity, add(share, 0.5 + 1e-3)), ALONE);
  }
}

/** Rows brought to length 1. */
const toUnit = (rows: Tensor): Tensor => div(rows, sqrt(max(reduceSum(square(rows), [1], true), 1e-30)));

/** How many outputs there are, [1,1]. */
const columns = (labels: Tensor): Tensor =>
  reduceSum(add(mul(slice(swapLast(labels), 1, 0, 1), 0), 1), [0], true);

/** As `chooseSharpness` of the library: the scale of least cross-entropy on examples that were left out, [1,1]. */
function chooseSharpness(scores: Tensor, labels: Tensor, n: Tensor): Tensor {
  const soft = div(1, add(n, 2));
  const targets = add(mul(labels, sub(1, soft)), div(soft, columns(labels)));
  const zero = mul(n, 0);
  let best: { loss: Tensor; sharpness: Tensor } | undefined;
  for (const sharpness of SHARPNESS) {
    const likelihood = log(max(softmax(mul(scores, sharpness)), 1e-30));
    const loss = mul(reduceSum(mul(targets, likelihood), [0, 1], true), -1);
    const now = { loss, sharpness: add(zero, sharpness) };
    if (best === undefined) best = now;
    else {
      const better = greater(best.loss, loss);
      best = {
        loss: where(better, loss, best.loss),
        sharpness: where(better, now.sharpness, best.sharpness),
      };
    }
  }
  return best!.sharpness;
}
