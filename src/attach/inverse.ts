import { invalid } from '../core/errors.js';

// Square matrices [n,n], row-major, and what one more or one less row and column makes of an inverse.

/**
 * The lower triangle L of L Lᵀ = a symmetric matrix, of which the lower triangle is read, [n,n]; nothing where it is not positive
 * definite (Golub & Van Loan, Matrix Computations, §4.2). Here and not from ml-matrix because logistic regression factors a matrix
 * for each class and step, and ml-matrix takes five times as long: it reads and writes each number by a call.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array | undefined {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const own = i * n;
    for (let j = 0; j <= i; j++) {
      const other = j * n;
      let sum = matrix[own + j]!;
      for (let k = 0; k < j; k++) sum -= l[own + k]! * l[other + k]!;
      if (j < i) l[own + j] = sum / l[other + j]!;
      else if (sum > 0) l[own + i] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return l;
}

/** Solves L Lᵀ x = right, [n]. */
export function solveBy(l: Float64Array, n: number, right: Float64Array): Float64Array {
  const x = right.slice();
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * x[k]!;
    x[i] = sum / l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    const value = x[i]! / l[i * n + i]!;
    x[i] = value;
    for (let k = 0; k < i; k++) x[k]! -= l[i * n + k]! * value;
  }
  return x;
}

/**
 * The inverse of a symmetric positive definite matrix by its Cholesky factor.
 * @throws IcicleError where rounding leaves it no longer positive definite: λ is too small for the examples
 */
export function inverseOf(matrix: Float64Array, n: number, lambda: number): Float64Array {
  const factor = cholesky(matrix, n);
  if (factor === undefined)
    throw invalid('λ', lambda, 'it is too small for float64 with these examples; choose a larger one');
  // (L Lᵀ)⁻¹ = L⁻ᵀ L⁻¹
  const back = lowerInverse(factor, n);
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < n; k++) sum += back[i * n + k]! * back[j * n + k]!;
      inverse[i * n + j] = sum;
      inverse[j * n + i] = sum;
    }
  return inverse;
}

/** The inverse of a lower triangle, column after column: row c of the result is column c of L⁻¹, so that loops run along rows. */
export function lowerInverse(l: ArrayLike<number>, n: number): Float64Array {
  const columns = new Float64Array(n * n);
  for (let c = 0; c < n; c++) {
    const own = columns.subarray(c * n, (c + 1) * n);
    own[c] = 1 / l[c * n + c]!;
    for (let i = c + 1; i < n; i++) {
      let sum = 0;
      for (let k = c; k < i; k++) sum -= l[i * n + k]! * own[k]!;
      own[i] = sum / l[i * n + i]!;
    }
  }
  return columns;
}

/** Matrix [n,n] times vector [n]. */
export function times(matrix: Float64Array, n: number, vector: ArrayLike<number>): Float64Array {
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}

/**
 * The inverse of a symmetric matrix that got one more row and column (b, s) behind the others: a rank-one update,
 * M⁻¹ + g gᵀ/c with g = M⁻¹ b and the Schur complement c = s − bᵀ g, bordered by −g/c and 1/c.
 */
export function bordered(inverse: Float64Array, n: number, b: Float64Array, s: number): Float64Array {
  const g = times(inverse, n, b);
  const c = s - dot(b, g);
  const more = new Float64Array((n + 1) * (n + 1));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) more[i * (n + 1) + j] = inverse[i * n + j]! + (g[i]! * g[j]!) / c;
    more[i * (n + 1) + n] = -g[i]! / c;
    more[n * (n + 1) + i] = -g[i]! / c;
  }
  more[n * (n + 1) + n] = 1 / c;
  return more;
}

/** The inverse of a symmetric matrix that lost a row and a column: a rank-one down-date, M⁻¹ − g gᵀ/g_i without both. */
export function deflated(inverse: Float64Array, n: number, index: number): Float64Array {
  const g = inverse.subarray(index * n, (index + 1) * n);
  const pivot = g[index]!;
  const less = new Float64Array((n - 1) * (n - 1));
  let to = 0;
  for (let i = 0; i < n; i++) {
    if (i === index) continue;
    for (let j = 0; j < n; j++) if (j !== index) less[to++] = inverse[i * n + j]! - (g[i]! * g[j]!) / pivot;
  }
  return less;
}

/** (M + w x xᵀ)⁻¹ from M⁻¹: Sherman and Morrison 1950. With a negative w, what an example had added goes. */
export function rankOne(inverse: Float64Array, n: number, x: Float64Array, w: number): Float64Array {
  const g = times(inverse, n, x);
  const scale = w / (1 + w * dot(x, g));
  const changed = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) changed[i * n + j] = inverse[i * n + j]! - scale * g[i]! * g[j]!;
  return changed;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
