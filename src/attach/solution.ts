import { missing } from '../core/errors.js';
import { checkSize } from './encoder.js';
import { type Examples, meanVector, withExample, withoutExample } from './examples.js';
import { bordered, deflated, dot, inverseOf, rankOne, times } from './inverse.js';

/** What is solved: Σ weight_i |y_i − b − Wᵀx_i|² + λ|W|², least over W and, where there is one, the constant b. */
export interface Problem {
  /** Greater than 0, in squared units of the vectors. */
  readonly lambda: number;
  /** Whether there is a constant, without penalty. */
  readonly intercept: boolean;
}

/**
 * The ridge regression of examples, as data. The dual form (fewer examples than dimensions) holds the inverse of
 * [[0, 1ᵀ], [1, X Xᵀ + λ/weight]], the primal form that of [[Σ weight, …], […, Xᵀ weight X + λ]]: matrices [n,n] with the
 * constant first (Saunders, Gammerman and Vovk 1998, ICML; Hastie et al., The Elements of Statistical Learning, §3.4.1, §12.3.7).
 */
export interface Solution extends Problem {
  readonly form: 'dual' | 'primal';
  readonly examples: Examples;
  /** What is subtracted from vectors, [D]: the mean of the examples when they were last solved from nothing; zeros without a constant. */
  readonly origin: Float64Array;
  /** The same for targets, [K]. */
  readonly level: Float64Array;
  /** Vectors less the origin, [N,D]. */
  readonly centred: Float64Array;
  /** [n,n] */
  readonly system: Float64Array;
  /** Its inverse, [n,n]. */
  readonly inverse: Float64Array;
  /** Of the constant and the examples (dual) or dimensions (primal), [n,K]. */
  readonly coefficients: Float64Array;
  readonly n: number;
}

/** An inverse that is off by more than this share is computed anew. */
const DRIFT = 1e-10;

/**
 * Solves from nothing, in O(n³).
 * @throws IcicleError where there are fewer than two examples, λ is too small for float64, or the matrix would not fit into memory
 */
export function solve(examples: Examples, problem: Problem): Solution {
  const { rows, width, outputs } = examples;
  if (rows < 2) throw missing('examples', `at least 2 are needed, there is ${rows === 1 ? 'one' : 'none'}`);
  const { lambda, intercept } = problem;
  const form = rows < width + 1 ? 'dual' : 'primal';
  const n = (form === 'dual' ? rows : width) + (intercept ? 1 : 0);
  checkSize('system of examples', n, n);
  const origin = intercept ? meanVector(examples) : new Float64Array(width);
  const level = intercept
    ? meanVector({ ...examples, x: examples.y, width: outputs })
    : new Float64Array(outputs);
  const centred = examples.x.map((value, at) => value - origin[at % width]!);
  const fixed = { ...problem, form, examples, origin, level, centred, n } as const;
  const { system, inverse } = (form === 'dual' ? dual : primal)(examples, centred, lambda, intercept);
  return { ...fixed, system, inverse, coefficients: coefficientsOf({ ...fixed, system, inverse }) };
}

interface System {
  readonly system: Float64Array;
  readonly inverse: Float64Array;
}

function dual(
  { weight, rows, width }: Examples,
  x: Float64Array,
  lambda: number,
  intercept: boolean,
): System {
  const kernel = new Float64Array(rows * rows);
  let trace = 0;
  for (let i = 0; i < rows; i++) {
    const own = x.subarray(i * width, (i + 1) * width);
    for (let j = 0; j <= i; j++) {
      const value = dot(own, x.subarray(j * width, (j + 1) * width));
      kernel[i * rows + j] = value;
      kernel[j * rows + i] = value;
    }
    trace += kernel[i * rows + i]!;
    kernel[i * rows + i]! += lambda / weight[i]!;
  }
  if (!intercept) return { system: kernel, inverse: inverseOf(kernel, rows, lambda) };
  // What is solved has 1ᵀα = 0, so that a multiple of 1 1ᵀ may be added: it keeps the inverse from being 1/λ along 1, which
  // would cancel and take digits with it.
  const lift = (trace + lambda) / rows;
  const lifted = inverseOf(
    kernel.map((value) => value + lift),
    rows,
    lambda,
  );
  const sums = times(lifted, rows, new Float64Array(rows).fill(1));
  const total = sums.reduce((a, b) => a + b, 0);
  const n = rows + 1;
  const [system, inverse] = [new Float64Array(n * n), new Float64Array(n * n)];
  inverse[0] = lift - 1 / total;
  for (let i = 0; i < rows; i++) {
    system[i + 1] = 1;
    system[(i + 1) * n] = 1;
    inverse[i + 1] = sums[i]! / total;
    inverse[(i + 1) * n] = sums[i]! / total;
    for (let j = 0; j < rows; j++) {
      system[(i + 1) * n + j + 1] = kernel[i * rows + j]!;
      inverse[(i + 1) * n + j + 1] = lifted[i * rows + j]! - (sums[i]! * sums[j]!) / total;
    }
  }
  return { system, inverse };
}

function primal(
  { weight, rows, width }: Examples,
  x: Float64Array,
  lambda: number,
  intercept: boolean,
): System {
  const extra = intercept ? 1 : 0;
  const n = width + extra;
  const system = new Float64Array(n * n);
  for (let j = 0; j < width; j++) system[(j + extra) * (n + 1)] = lambda;
  for (let i = 0; i < rows; i++)
    addOuter(system, n, withConstant(x.subarray(i * width, (i + 1) * width), intercept), weight[i]!);
  return { system, inverse: inverseOf(system, n, lambda) };
}

/** Adds w b bᵀ to a symmetric matrix. */
function addOuter(matrix: Float64Array, n: number, b: ArrayLike<number>, w: number): void {
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const value = matrix[i * n + j]! + w * b[i]! * b[j]!;
      matrix[i * n + j] = value;
      matrix[j * n + i] = value;
    }
}

const withConstant = (x: Float64Array, intercept: boolean): Float64Array =>
  intercept ? Float64Array.of(1, ...x) : x;

/** The right sides, [n,K]: targets (dual), or their moments with the vectors (primal). */
function rightSides({ form, examples, level, centred, intercept, n }: Omit<Solution, 'coefficients'>) {
  const { y, weight, rows, width, outputs } = examples;
  const right = new Float64Array(n * outputs);
  const extra = intercept ? 1 : 0;
  for (let i = 0; i < rows; i++)
    for (let k = 0; k < outputs; k++) {
      const target = y[i * outputs + k]! - level[k]!;
      if (form === 'dual') right[(i + extra) * outputs + k] = target;
      else {
        const weighted = weight[i]! * target;
        if (intercept) right[k]! += weighted;
        for (let j = 0; j < width; j++)
          right[(j + extra) * outputs + k]! += weighted * centred[i * width + j]!;
      }
    }
  return right;
}

/** Coefficients by the inverse, made more exact by what they leave: one step of iterative refinement. */
function coefficientsOf(solution: Omit<Solution, 'coefficients'>): Float64Array {
  const { inverse, n } = solution;
  const right = rightSides(solution);
  const first = product(inverse, n, right);
  const step = product(inverse, n, leftOver(solution, first, right));
  return first.map((value, at) => value + step[at]!);
}

/** right − system · coefficients, [n,K] */
function leftOver(
  { system, n }: Pick<Solution, 'system' | 'n'>,
  coefficients: Float64Array,
  right: Float64Array,
): Float64Array {
  const reached = product(system, n, coefficients);
  return right.map((value, at) => value - reached[at]!);
}

/** [n,n] times [n,K] */
function product(matrix: Float64Array, n: number, right: Float64Array): Float64Array {
  const outputs = right.length / n;
  const out = new Float64Array(right.length);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const value = matrix[i * n + j]!;
      for (let k = 0; k < outputs; k++) out[i * outputs + k]! += value * right[j * outputs + k]!;
    }
  return out;
}

/** The system's row for a vector that the origin was subtracted from, [n]. */
export function rowOf({ form, examples, centred, intercept }: Solution, x: Float64Array): Float64Array {
  if (form === 'primal') return withConstant(x, intercept);
  const { rows, width } = examples;
  const extra = intercept ? 1 : 0;
  const row = new Float64Array(rows + extra);
  if (intercept) row[0] = 1;
  for (let i = 0; i < rows; i++) row[i + extra] = dot(centred.subarray(i * width, (i + 1) * width), x);
  return row;
}

/**
 * One more example, in O(n²).
 * @throws IcicleError as `solve` does
 */
export function add(solution: Solution, x: Float64Array, y: ArrayLike<number>): Solution {
  const { form, examples, origin, n, inverse, system, lambda } = solution;
  const more = withExample(examples, x, y);
  const own = x.map((value, j) => value - origin[j]!);
  const row = rowOf(solution, own);
  const centred = new Float64Array(solution.centred.length + own.length);
  centred.set(solution.centred);
  centred.set(own, solution.centred.length);
  if (form === 'dual') {
    const corner = dot(own, own) + lambda;
    const wider = new Float64Array((n + 1) * (n + 1));
    for (let i = 0; i < n; i++) {
      wider.set(system.subarray(i * n, (i + 1) * n), i * (n + 1));
      wider[i * (n + 1) + n] = row[i]!;
      wider[n * (n + 1) + i] = row[i]!;
    }
    wider[n * (n + 1) + n] = corner;
    const next = { ...solution, examples: more, centred, n: n + 1, system: wider };
    return settled({ ...next, inverse: bordered(inverse, n, row, corner) });
  }
  const changed = system.slice();
  addOuter(changed, n, row, 1);
  return settled({
    ...solution,
    examples: more,
    centred,
    system: changed,
    inverse: rankOne(inverse, n, row, 1),
  });
}

/**
 * One example less, in O(n²).
 * @throws IcicleError where fewer than two would be left
 */
export function remove(solution: Solution, index: number): Solution {
  const { form, examples, n, inverse, system, intercept } = solution;
  const { rows, width, weight } = examples;
  if (rows <= 2) throw missing('examples', 'at least 2 must stay');
  const less = withoutExample(examples, index);
  const centred = new Float64Array((rows - 1) * width);
  centred.set(solution.centred.subarray(0, index * width));
  centred.set(solution.centred.subarray((index + 1) * width), index * width);
  if (form === 'dual') {
    const at = index + (intercept ? 1 : 0);
    const next = { ...solution, examples: less, centred, n: n - 1, system: cut(system, n, at) };
    return settled({ ...next, inverse: deflated(inverse, n, at) });
  }
  const row = withConstant(solution.centred.subarray(index * width, (index + 1) * width), intercept);
  const changed = system.slice();
  addOuter(changed, n, row, -weight[index]!);
  const next = { ...solution, examples: less, centred, system: changed };
  return settled({ ...next, inverse: rankOne(inverse, n, row, -weight[index]!) });
}

/** A matrix without a row and its column. */
function cut(matrix: Float64Array, n: number, at: number): Float64Array {
  const less = new Float64Array((n - 1) * (n - 1));
  let to = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) if (i !== at && j !== at) less[to++] = matrix[i * n + j]!;
  return less;
}

/** Coefficients for a changed inverse; all anew where rounding has grown in it. */
function settled(changed: Omit<Solution, 'coefficients'>): Solution {
  const right = rightSides(changed);
  const first = product(changed.inverse, changed.n, right);
  const left = leftOver(changed, first, right);
  if (!(largest(left) <= DRIFT * largest(right))) return solve(changed.examples, changed);
  const step = product(changed.inverse, changed.n, left);
  return { ...changed, coefficients: first.map((value, at) => value + step[at]!) };
}

export function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values)
    most = Math.max(most, Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value));
  return most;
}
