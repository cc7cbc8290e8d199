import type { Learner } from '../core/episodes.js';
import { checkPositive } from './checks.js';
import { type Moments, momentLearner } from './moments.js';

export interface LassoOptions {
  /** α of |Xw − Y|²/(2n) + α|w|₁. Garg et al. try 1, 0.1, … 0.0001 and find 0.01 best. Default 0.01. */
  readonly alpha?: number;
}

/** How far, as a share of the penalty, slopes may lie from where the conditions of optimality have them. */
const OPTIMAL = 1e-8;
/** An input whose part outside the span of the chosen ones is a smaller share of it (squared) is not chosen. */
const COLLINEAR = 1e-12;
/** Sweeps of coordinate descent end where none moved a weight by more than this share of the largest weight. */
const STILL = 1e-13;
const SWEEPS = 1 << 14;

/**
 * Lasso, the w of least |Xw − Y|²/(2n) + α|w|₁ (Tibshirani 1996; scaled as in Garg et al., arXiv 2208.01066, §3), by
 * its path: as the penalty falls from where all weights are 0, the weights are linear in it between the penalties where
 * one joins or leaves those that are not 0 (Osborne et al. 2000; Efron et al. 2004, "Least angle regression", §3.1). The
 * path is followed on the moments, O(D²) a change. Where rounding leads it astray, as with collinear inputs,
 * coordinate descent goes on from there (Friedman et al. 2010, §2.2).
 * @throws IcicleError where α is not greater than 0; for α = 0 use ols.
 */
export function lasso(options: LassoOptions = {}): Learner {
  const { alpha = 0.01 } = options;
  checkPositive('lasso α', alpha, '0.01; for α = 0 use ols');
  return momentLearner(`lasso:${alpha}`, (inputs) => {
    const path = pathArea(inputs);
    return (moments, w) => {
      const penalty = moments.examples * alpha;
      followPath(moments, penalty, path, w);
      slopes(moments, w, path.slope);
      if (isOptimal(path.slope, w, penalty)) return;
      for (let sweep = 0; sweep < SWEEPS; sweep++)
        if (descend(moments.second, path.slope, w, penalty) <= STILL) return;
    };
  });
}

/** Work area of a path. The active weights, those not 0, are a − λb at penalty λ. */
interface Path {
  /** S with the active inputs swept: where both are active, the inverse of that block of S. */
  readonly table: Float64Array; // [D,D]
  /** The signs of the active weights; 0 for the others. */
  readonly sign: Int8Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Inputs that collinearity keeps out. */
  readonly barred: Uint8Array;
  /** m − Sw */
  readonly slope: Float64Array;
}

function pathArea(inputs: number): Path {
  const zeros = () => new Float64Array(inputs);
  return {
    table: new Float64Array(inputs * inputs),
    sign: new Int8Array(inputs),
    a: zeros(),
    b: zeros(),
    barred: new Uint8Array(inputs),
    slope: zeros(),
  };
}

/** Writes the weights at the penalty, coming from the penalty that makes them all 0. */
function followPath({ inputs, second, moment }: Moments, penalty: number, path: Path, w: Float64Array): void {
  const { table, sign, a, b, barred } = path;
  table.set(second);
  sign.fill(0);
  barred.fill(0);
  w.fill(0);
  let from = 0; // the penalty so far
  let changed = 0; // the input that joined or left last
  for (let j = 0; j < inputs; j++) {
    if (Math.abs(moment[j]!) <= from) continue;
    from = Math.abs(moment[j]!);
    changed = j;
  }
  if (from <= penalty) return;
  let leftWith = 0; // the sign with which it left; 0 where it joined
  join(path, second, changed, Math.sign(moment[changed]!));
  for (let step = 0; step < 20 * (inputs + 1); step++) {
    solveActive(path, moment);
    let to = penalty;
    let next = -1;
    let nextSign = 0;
    for (let j = 0; j < inputs; j++) {
      if (sign[j] !== 0) {
        const zero = a[j]! / b[j]!;
        if (j === changed || !(zero > to && zero < from)) continue;
        [to, next, nextSign] = [zero, j, 0];
        continue;
      }
      if (barred[j] === 1) continue;
      // The slope is p + λq; it joins where that is λ or −λ.
      let p = moment[j]!;
      let q = 0;
      for (let i = 0; i < inputs; i++) {
        if (sign[i] === 0) continue;
        p -= second[j * inputs + i]! * a[i]!;
        q += second[j * inputs + i]! * b[i]!;
      }
      for (const side of [1, -1]) {
        if (j === changed && side === leftWith) continue;
        const meets = p / (side - q);
        if (meets > to && meets < from) [to, next, nextSign] = [meets, j, side];
      }
    }
    if (next === -1) break;
    from = to;
    changed = next;
    leftWith = 0;
    if (nextSign !== 0) join(path, second, next, nextSign);
    else {
      leftWith = sign[next]!;
      sign[next] = 0;
      sweep(table, inputs, next);
    }
  }
  for (let j = 0; j < inputs; j++) w[j] = sign[j] === 0 ? 0 : a[j]! - penalty * b[j]!;
  refine({ second, moment }, penalty, path, w);
}

function join({ table, sign, barred }: Path, second: Float64Array, j: number, side: number): void {
  const at = j * sign.length + j;
  if (table[at]! <= COLLINEAR * second[at]!) {
    barred[j] = 1;
    return;
  }
  sign[j] = side;
  sweep(table, sign.length, j);
}

/** a = S⁻¹m and b = S⁻¹(signs) on the active block. */
function solveActive({ table, sign, a, b }: Path, moment: Float64Array): void {
  const size = sign.length;
  for (let i = 0; i < size; i++) {
    if (sign[i] === 0) continue;
    let [sa, sb] = [0, 0];
    for (let j = 0; j < size; j++) {
      if (sign[j] === 0) continue;
      sa += table[i * size + j]! * moment[j]!;
      sb += table[i * size + j]! * sign[j]!;
    }
    a[i] = sa;
    b[i] = sb;
  }
}

/** One step of iterative refinement of S w = m − λ signs on the active block. */
function refine(
  { second, moment }: Pick<Moments, 'second' | 'moment'>,
  penalty: number,
  { table, sign, a, slope }: Path,
  w: Float64Array,
): void {
  const size = sign.length;
  for (let i = 0; i < size; i++) {
    let sum = moment[i]! - penalty * sign[i]!;
    for (let j = 0; j < size; j++) sum -= second[i * size + j]! * w[j]!;
    slope[i] = sum;
  }
  for (let i = 0; i < size; i++) {
    if (sign[i] === 0) continue;
    let sum = 0;
    for (let j = 0; j < size; j++) if (sign[j] !== 0) sum += table[i * size + j]! * slope[j]!;
    a[i] = sum;
  }
  for (let i = 0; i < size; i++) if (sign[i] !== 0) w[i] = w[i]! + a[i]!;
}

/** Gauss–Jordan pivot on entry (k,k): sweeps input k in, or out again (Goodnight 1979, "A tutorial on the SWEEP operator"). */
function sweep(table: Float64Array, size: number, k: number): void {
  const pivot = table[k * size + k]!;
  for (let j = 0; j < size; j++) table[k * size + j] = table[k * size + j]! / pivot;
  for (let i = 0; i < size; i++) {
    if (i === k) continue;
    const share = table[i * size + k]!;
    for (let j = 0; j < size; j++) table[i * size + j] = table[i * size + j]! - share * table[k * size + j]!;
    table[i * size + k] = -share / pivot;
  }
  table[k * size + k] = 1 / pivot;
}

/** slope = m − Sw */
function slopes({ inputs, second, moment }: Moments, w: Float64Array, slope: Float64Array): void {
  for (let i = 0; i < inputs; i++) {
    let sum = moment[i]!;
    for (let j = 0; j < inputs; j++) sum -= second[i * inputs + j]! * w[j]!;
    slope[i] = sum;
  }
}

/** Whether slopes are the penalty with the weight's sign, or no larger than it where the weight is 0. */
function isOptimal(slope: Float64Array, w: Float64Array, penalty: number): boolean {
  for (let j = 0; j < w.length; j++) {
    const beyond =
      w[j] === 0 ? Math.abs(slope[j]!) - penalty : Math.abs(slope[j]! - Math.sign(w[j]!) * penalty);
    if (!(beyond <= OPTIMAL * penalty)) return false;
  }
  return true;
}

/** One round of coordinate descent; returns how far a weight moved, as a share of the largest. */
function descend(second: Float64Array, slope: Float64Array, w: Float64Array, penalty: number): number {
  const size = w.length;
  let moved = 0;
  let largest = 0;
  for (let j = 0; j < size; j++) {
    const curvature = second[j * size + j]!;
    if (curvature === 0) continue;
    const old = w[j]!;
    const target = slope[j]! + curvature * old;
    const now = Math.abs(target) <= penalty ? 0 : (target - Math.sign(target) * penalty) / curvature;
    largest = Math.max(largest, Math.abs(now));
    const change = now - old;
    if (change === 0) continue;
    moved = Math.max(moved, Math.abs(change));
    w[j] = now;
    for (let i = 0; i < size; i++) slope[i] = slope[i]! - change * second[j * size + i]!;
  }
  return moved === 0 ? 0 : moved / largest;
}
