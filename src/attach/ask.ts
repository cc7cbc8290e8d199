import { meanVector } from './examples.js';
import { dot, times } from './inverse.js';
import { rowOf, type Solution } from './solution.js';

/** What a solution says of one query. */
export interface Answer {
  /** [K] */
  readonly values: Float64Array;
  /**
   * How far the query lies from the examples, in units of λ: λ (1 + its leverage). The squared error to expect grows with it
   * as with the growth of an example that is left out.
   */
  readonly growth: number;
  /** The share of what the model does not know beforehand about this query that the examples tell it, 0…1. */
  readonly known: number;
  /** How each example's target moves the prediction, [N]: the query's leverages. */
  readonly shares: Float64Array;
  /** The system's row for the query, [n]: what coefficients are multiplied by. */
  readonly row: Float64Array;
}

/** A query whose every inner product with the examples is this small beside their lengths is orthogonal to them. */
const ORTHOGONAL = 1e-9;
/** A query of which the examples tell less than this share is one that they say nothing about. */
export const NOTHING = 1e-9;

/** What is the same for all queries. */
export interface Asking {
  readonly solution: Solution;
  /** The mean of the examples by weight less the origin, [D]; zeros without a constant. */
  readonly mean: Float64Array;
  /** The sum of the weights. */
  readonly total: number;
  /** The length of each example, [N]. */
  readonly lengths: Float64Array;
}

export function asking(solution: Solution): Asking {
  const { examples, intercept, centred } = solution;
  const { rows, width, x } = examples;
  return {
    solution,
    mean: intercept ? meanVector({ ...examples, x: centred }) : new Float64Array(width),
    total: examples.weight.reduce((a, b) => a + b, 0),
    lengths: new Float64Array(rows).map((_, i) => {
      const row = x.subarray(i * width, (i + 1) * width);
      return Math.sqrt(dot(row, row));
    }),
  };
}

/** Asks for one vector [D], in O(N D + n²). */
export function ask({ solution, mean, total, lengths }: Asking, vector: Float64Array): Answer {
  const { form, examples, origin, level, centred, coefficients, inverse, n, lambda, intercept } = solution;
  const { rows, width, outputs, weight } = examples;
  const x = vector.map((value, j) => value - origin[j]!);
  const row = rowOf(solution, x);
  const g = times(inverse, n, row);
  const spread = dot(row, g);
  const values = Float64Array.from(level);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < outputs; k++) values[k]! += row[i]! * coefficients[i * outputs + k]!;
  const extra = intercept ? 1 : 0;
  const shares =
    form === 'dual'
      ? g.slice(extra)
      : new Float64Array(rows).map((_, i) => {
          const own = centred.subarray(i * width, (i + 1) * width);
          return weight[i]! * (dot(own, g.subarray(extra)) + (intercept ? g[0]! : 0));
        });
  // Rounding must not make it smaller than an example that is known exactly would.
  const growth = Math.max(lambda, form === 'dual' ? lambda + dot(x, x) - spread : lambda * (1 + spread));

  const fromMean = x.map((value, j) => value - mean[j]!);
  const prior = dot(fromMean, fromMean);
  const posterior = growth - lambda * (1 + (intercept ? 1 / total : 0));
  const told = prior === 0 ? 1 : Math.min(1, Math.max(0, 1 - posterior / prior));
  const nothing = intercept ? told < NOTHING : isOrthogonal();
  return { values, growth, shares, row, known: nothing ? 0 : told };

  // Without a constant the origin is 0, and the zero vector, of which the model knows all, is orthogonal as well.
  function isOrthogonal(): boolean {
    const length = Math.sqrt(dot(x, x));
    for (let i = 0; i < rows; i++) {
      const inner = form === 'dual' ? row[i]! : dot(centred.subarray(i * width, (i + 1) * width), x);
      if (Math.abs(inner) > ORTHOGONAL * length * lengths[i]!) return false;
    }
    return true;
  }
}

/** What each example's absence would do. */
export interface LeaveOneOut {
  /** Target less the prediction from the others, [N,K]. */
  readonly residuals: Float64Array;
  /** The growth that each example would have as a query to the others, λ/weight in place of λ for its own noise, [N]. */
  readonly growths: Float64Array;
}

/**
 * Leaves out each example in turn, in closed form: residual α_i/G_ii in the dual form (G the inverse's block of examples),
 * r_i/(1 − h_i) in the primal one (Allen 1974; Rasmussen and Williams, Gaussian Processes for Machine Learning, eq. 5.12).
 */
export function leaveOneOut({
  form,
  examples,
  level,
  centred,
  coefficients,
  inverse,
  n,
  lambda,
  intercept,
}: Solution): LeaveOneOut {
  const { rows, width, outputs, y, weight } = examples;
  const extra = intercept ? 1 : 0;
  const residuals = new Float64Array(rows * outputs);
  const growths = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const own = residuals.subarray(i * outputs, (i + 1) * outputs);
    if (form === 'dual') {
      growths[i] = 1 / inverse[(i + extra) * (n + 1)]!;
      for (let k = 0; k < outputs; k++) own[k] = coefficients[(i + extra) * outputs + k]! * growths[i]!;
      continue;
    }
    const row = new Float64Array(n);
    if (intercept) row[0] = 1;
    row.set(centred.subarray(i * width, (i + 1) * width), extra);
    const slack = 1 - weight[i]! * dot(row, times(inverse, n, row));
    growths[i] = lambda / weight[i]! / slack;
    for (let k = 0; k < outputs; k++) {
      let fit = level[k]!;
      for (let j = 0; j < n; j++) fit += row[j]! * coefficients[j * outputs + k]!;
      own[k] = (y[i * outputs + k]! - fit) / slack;
    }
  }
  return { residuals, growths };
}
