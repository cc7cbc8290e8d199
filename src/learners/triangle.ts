/**
 * The examples seen so far as the triangle of their QR factorisation, R w = z, which one more example changes by
 * Givens rotations in O(size²). It is the square-root form of recursive least squares: orthogonal steps only, so that
 * it stays accurate where the covariance form (Sherman–Morrison) loses the digits of the squared condition number
 * (Golub & Van Loan, Matrix Computations, §6.5). It is a work area: every function here but `forward` and `backward`
 * writes to it.
 */
export interface Triangle {
  readonly size: number;
  /** Upper triangle R, [size,size], row-major; only the leading [used,used] block is meant where `used` is given. */
  readonly r: Float64Array;
  /** [size] */
  readonly z: Float64Array;
}

export function triangle(size: number): Triangle {
  return { size, r: new Float64Array(size * size), z: new Float64Array(size) };
}

/** Forgets all examples. `precision` is the prior's, λ of each coordinate (0: no penalty): R = diag(√λ), z = 0. */
export function restart(t: Triangle, precision?: Float64Array): void {
  t.r.fill(0);
  t.z.fill(0);
  if (precision !== undefined)
    for (let j = 0; j < t.size; j++) t.r[j * t.size + j] = Math.sqrt(precision[j]!);
}

/** Adds one example (row · w = label). Destroys `row`. */
export function rotateIn(t: Triangle, row: Float64Array, label: number, used = t.size): void {
  const { r, z, size } = t;
  let y = label;
  for (let j = 0; j < used; j++) {
    const b = row[j]!;
    if (b === 0) continue;
    const at = j * size;
    const a = r[at + j]!;
    const h = Math.sqrt(a * a + b * b);
    const c = a / h;
    const s = b / h;
    r[at + j] = h;
    for (let k = j + 1; k < used; k++) {
      const old = r[at + k]!;
      const new_ = row[k]!;
      r[at + k] = c * old + s * new_;
      row[k] = c * new_ - s * old;
    }
    const zj = z[j]!;
    z[j] = c * zj + s * y;
    y = c * y - s * zj;
  }
}

/** Solves R w = right into `w`. The diagonal must not be zero. `right` and `w` may be the same array. */
export function backward(t: Triangle, right: Float64Array, w: Float64Array, used = t.size): void {
  const { r, size } = t;
  for (let j = used - 1; j >= 0; j--) {
    let sum = right[j]!;
    for (let k = j + 1; k < used; k++) sum -= r[j * size + k]! * w[k]!;
    w[j] = sum / r[j * size + j]!;
  }
}

/** Solves Rᵀ v = x into `v`, and returns |v|² = xᵀ (RᵀR)⁻¹ x. The diagonal must not be zero. */
export function forward(t: Triangle, x: Float64Array, v: Float64Array, used = t.size): number {
  const { r, size } = t;
  let square = 0;
  for (let j = 0; j < used; j++) {
    let sum = x[j]!;
    for (let k = 0; k < j; k++) sum -= r[k * size + j]! * v[k]!;
    const value = sum / r[j * size + j]!;
    v[j] = value;
    square += value * value;
  }
  return square;
}

/** a · b over the first `length` entries. */
export function dot(a: Float64Array, b: Float64Array, length = a.length): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += a[j]! * b[j]!;
  return sum;
}
