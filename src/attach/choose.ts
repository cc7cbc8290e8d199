import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { type Examples, meanVector } from './examples.js';
import { dot } from './inverse.js';

/**
 * λ to choose from, as shares of the squared length of all centred vectors together (their kernel's trace): from nearly the
 * mean of the targets to nearly least squares. Relative, so that the unit of the vectors does not matter.
 */
export const GRID: readonly number[] = Array.from({ length: 15 }, (_, i) => 10 ** (1 - i / 2));

/** Vectors whose differences are this small beside their lengths are the same but for rounding (of squares). */
const SAME = 1e-20;

/** How many examples tell λ: of numbers, and of each class on average. */
export const [FEW, EACH] = [4, 3] as const;

export interface Choice {
  readonly lambda: number;
  /** By λ of the grid: the mean squared error of leaving one out, summed over outputs. */
  readonly scores: readonly { readonly lambda: number; readonly error: number }[];
  readonly spectrum: Spectrum;
}

/**
 * The λ of least squared error when each example is left out in turn (PRESS: Allen 1974, Technometrics 16), in closed form for
 * the whole grid from one eigendecomposition, O(min(N, D)³). Equal errors go to the larger λ. Until there are enough examples to
 * tell, it is the middle of the grid: an example that is left out of a few turns their balance, and whichever λ listens to it
 * least or most then wins.
 */
export function chooseLambda(
  examples: Examples,
  intercept: boolean,
  task: 'classes' | 'numbers' = 'numbers',
): Choice {
  const { rows, outputs, weight } = examples;
  const found = spectrum(examples, intercept);
  const { scale, values, z, unit } = found;
  const rank = values.length;
  const { target, moments } = along(examples, intercept, z);

  const total = weight.reduce((a, b) => a + b, 0);
  const residual = new Float64Array(outputs);
  const scores = GRID.map((share) => {
    const lambda = share * scale;
    const filter = values.map((value) => 1 / (value + lambda));
    const weights = moments.map((moment, at) => moment * filter[Math.floor(at / outputs)]!);
    let error = 0;
    for (let i = 0; i < rows; i++) {
      let slack = 1 - unit[i]! ** 2;
      for (let k = 0; k < outputs; k++) residual[k] = target[i * outputs + k]!;
      for (let j = 0; j < rank; j++) {
        const value = z[i * rank + j]!;
        slack -= value * value * filter[j]!;
        for (let k = 0; k < outputs; k++) residual[k]! -= value * weights[j * outputs + k]!;
      }
      for (let k = 0; k < outputs; k++) error += (residual[k]! / slack) ** 2;
    }
    return { lambda, error: error / total };
  });
  const enough = rows >= (task === 'classes' ? EACH * outputs : FEW);
  let best = scores[Math.floor(GRID.length / 2)]!;
  if (enough) {
    best = scores[0]!;
    for (const score of scores) if (score.error < best.error) best = score;
  }
  return { lambda: best.lambda, scores, spectrum: found };
}

export interface Spectrum {
  /** What the shares of the grid are shares of. */
  readonly scale: number;
  /** Eigenvalues of the weighted, centred kernel, [R]. */
  readonly values: Float64Array;
  /** Examples in the eigenvectors, [N,R]: Z Zᵀ is that kernel. */
  readonly z: Float64Array;
  /** The direction that the constant takes, of length 1, [N]; zeros where there is none. */
  readonly unit: Float64Array;
}

/** Eigenvalues and coordinates of vectors that are weighted and, with a constant, centred; of whichever matrix is smaller. */
export function spectrum(examples: Examples, intercept: boolean): Spectrum {
  const { x, weight, rows, width } = examples;
  const total = weight.reduce((a, b) => a + b, 0);
  const unit = intercept ? weight.map((w) => Math.sqrt(w / total)) : new Float64Array(rows);
  const mean = intercept ? meanVector(examples) : new Float64Array(width);
  const root = weight.map(Math.sqrt);
  const centred = x.map((value, at) => root[Math.floor(at / width)]! * (value - mean[at % width]!));
  const trace = dot(centred, centred);
  const raw = x.reduce((sum, value, at) => sum + weight[Math.floor(at / width)]! * value * value, 0);
  const scale = Math.max(trace, SAME * raw) || 1;
  return rows <= width
    ? { scale, unit, ...ofKernel(centred, rows, width, unit, scale) }
    : { scale, unit, ...ofDimensions(centred, rows, width) };
}

/** Targets that are weighted and, with a constant, centred, [N,K], and their inner products with the columns of z, [R,K]. */
export function along(examples: Examples, intercept: boolean, z: Float64Array) {
  const { rows, outputs, y, weight } = examples;
  const rank = z.length / rows;
  const root = weight.map(Math.sqrt);
  const level = intercept ? meanVector({ ...examples, x: y, width: outputs }) : new Float64Array(outputs);
  const target = y.map((value, at) => root[Math.floor(at / outputs)]! * (value - level[at % outputs]!));
  const moments = new Float64Array(rank * outputs);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < rank; j++)
      for (let k = 0; k < outputs; k++)
        moments[j * outputs + k]! += z[i * rank + j]! * target[i * outputs + k]!;
  return { target, moments, level };
}

function ofKernel(x: Float64Array, rows: number, width: number, unit: Float64Array, lift: number) {
  const kernel = new Matrix(rows, rows);
  const each = Array.from({ length: rows }, (_, i) => x.subarray(i * width, (i + 1) * width));
  for (let i = 0; i < rows; i++)
    for (let j = 0; j <= i; j++) {
      // The constant's direction has eigenvalue 0, as others may; lifted, it is an eigenvector of its own and can be told apart.
      const value = dot(each[i]!, each[j]!) + lift * unit[i]! * unit[j]!;
      kernel.set(i, j, value);
      kernel.set(j, i, value);
    }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(kernel, {
    assumeSymmetric: true,
  });
  const all = Float64Array.from(realEigenvalues, (value) => Math.max(value, 0));
  const vectors = eigenvectorMatrix.to1DArray();
  const constant = unit.some((value) => value !== 0) ? constantsColumn(vectors, rows, unit) : -1;
  const kept = Array.from(all.keys()).filter((j) => j !== constant);
  const z = new Float64Array(rows * kept.length);
  for (let i = 0; i < rows; i++)
    for (const [to, j] of kept.entries())
      z[i * kept.length + to] = vectors[i * rows + j]! * Math.sqrt(all[j]!);
  return { values: Float64Array.from(kept, (j) => all[j]!), z };
}

/** Which eigenvector is the constant's. */
function constantsColumn(vectors: ArrayLike<number>, rows: number, unit: Float64Array): number {
  let [best, most] = [0, -1];
  for (let j = 0; j < rows; j++) {
    let along = 0;
    for (let i = 0; i < rows; i++) along += vectors[i * rows + j]! * unit[i]!;
    if (Math.abs(along) > most) [best, most] = [j, Math.abs(along)];
  }
  return best;
}

function ofDimensions(x: Float64Array, rows: number, width: number) {
  const moments = new Float64Array(width * width);
  for (let i = 0; i < rows; i++)
    for (let a = 0; a < width; a++) {
      const value = x[i * width + a]!;
      if (value !== 0) for (let b = 0; b <= a; b++) moments[a * width + b]! += value * x[i * width + b]!;
    }
  const matrix = new Matrix(width, width);
  for (let a = 0; a < width; a++)
    for (let b = 0; b <= a; b++) {
      matrix.set(a, b, moments[a * width + b]!);
      matrix.set(b, a, moments[a * width + b]!);
    }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const vectors = eigenvectorMatrix.to1DArray();
  const z = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++)
    for (let a = 0; a < width; a++) {
      const value = x[i * width + a]!;
      if (value !== 0) for (let j = 0; j < width; j++) z[i * width + j]! += value * vectors[a * width + j]!;
    }
  return { values: Float64Array.from(realEigenvalues, (value) => Math.max(value, 0)), z };
}
