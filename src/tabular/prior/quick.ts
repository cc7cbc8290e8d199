import { floats, list } from './arrays.js';
import type { Column } from './column.js';
import { standardise } from './columns/standardise.js';

const FOLDS = 3;
/** Indicators of a category, at most: the most frequent levels have them. */
const MOST_INDICATORS = 4;
/** Features that are looked at, at most: those that go with the target most. */
const MOST_FEATURES = 10;
const NEIGHBOURS = 8;
/** Rows with the mean as their value that are added to the neighbours. */
const SHRINKING = 4;
/** Numbers of the target farther out than this, in standard deviations, count as if they were there. */
const FARTHEST = 3;

/**
 * How much of the target a quick learner finds out: 1 − its squared error ÷ that of the mean, for classes of their indicators.
 * It learns two thirds of the rows and is asked for the last one, three times; it is ridge on the three or ten features that go
 * with the target most, or eight nearest neighbours, shrunk to the mean, on four or ten of them, whichever is best.
 * @param columns [C][rows]; indicators of categories, and missing cells as the mean
 * @param outputs the target, [S][rows]: one number, or classes' indicators
 */
export function quickScore(columns: readonly Column[], outputs: readonly Float64Array[]): number {
  const features = columns.flatMap(featuresOf).filter((feature) => standardise(feature) > 0);
  if (features.length === 0) return 0;
  const rows = outputs[0]!.length;
  const folds = list(
    FOLDS,
    (f): Fold => [Math.floor((f * rows) / FOLDS), Math.floor(((f + 1) * rows) / FOLDS)],
  );
  const products = folds.map((fold) => productsOf(features, outputs, fold));
  let constant = 0;
  const errors = new Float64Array(LEARNERS.length);
  for (const [f, fold] of folds.entries()) {
    const y = outputs.map((output) => split(output, fold, mean(output)));
    for (const { asked, learned } of y) {
      const centre = mean(learned);
      for (let i = 0; i < asked.length; i++) constant += (asked[i]! - centre) ** 2;
    }
    const x = strongest(products.filter((_, other) => other !== f)).map((j) => split(features[j]!, fold, 0));
    for (const [l, error] of LEARNERS.entries()) errors[l]! += error(x, y);
  }
  return constant > 0 ? 1 - Math.min(...errors) / constant : 0;
}

/** The rows from the first to before the second are asked, the others are learned. */
type Fold = readonly [from: number, to: number];

interface Split {
  readonly learned: Float64Array;
  readonly asked: Float64Array;
}

/** Gives the squared error over the asked rows, summed over outputs; features stand in the order of how they go with them. */
type QuickLearner = (features: readonly Split[], outputs: readonly Split[]) => number;

const LEARNERS: readonly QuickLearner[] = [
  (features, outputs) => ridge(features.slice(0, 3), outputs, 0.05),
  (features, outputs) => ridge(features, outputs, 0.3),
  (features, outputs) => neighbours(features.slice(0, 4), outputs),
  (features, outputs) => neighbours(features, outputs),
];

function featuresOf({ values, levels }: Column): Float64Array[] {
  const rows = values.length;
  if (levels === 0) {
    let [sum, count] = [0, 0];
    for (let i = 0; i < rows; i++)
      if (!Number.isNaN(values[i]!)) {
        sum += values[i]!;
        count++;
      }
    const centre = count > 0 ? sum / count : 0;
    return [floats(rows, (i) => (Number.isNaN(values[i]!) ? centre : values[i]!))];
  }
  const counts = new Float64Array(levels);
  for (let i = 0; i < rows; i++) if (!Number.isNaN(values[i]!)) counts[values[i]!]!++;
  const frequent = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]!);
  return frequent
    .slice(0, levels === 2 ? 1 : MOST_INDICATORS)
    .map((level) => floats(rows, (i) => (values[i] === level ? 1 : 0)));
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

function split(values: Float64Array, [from, to]: Fold, centre: number): Split {
  const learned = new Float64Array(values.length - (to - from));
  learned.set(values.subarray(0, from));
  learned.set(values.subarray(to), from);
  const asked = values.slice(from, to);
  if (centre !== 0) {
    for (let i = 0; i < learned.length; i++) learned[i]! -= centre;
    for (let i = 0; i < asked.length; i++) asked[i]! -= centre;
  }
  return { learned, asked };
}

/** Sums of products of features and centred outputs over the asked rows of a fold, [features][S]. */
function productsOf(
  features: readonly Float64Array[],
  outputs: readonly Float64Array[],
  [from, to]: Fold,
): Float64Array[] {
  const centres = outputs.map(mean);
  return features.map((feature) =>
    floats(outputs.length, (o) => {
      const [output, centre] = [outputs[o]!, centres[o]!];
      let sum = 0;
      for (let i = from; i < to; i++) sum += feature[i]! * (output[i]! - centre);
      return sum;
    }),
  );
}

/** Features in the order of their squared covariance with the outputs over all these folds: the first ones. */
function strongest(folds: readonly Float64Array[][]): number[] {
  const strength = folds[0]!.map((products, j) => {
    let all = 0;
    for (let o = 0; o < products.length; o++) {
      let sum = 0;
      for (const fold of folds) sum += fold[j]![o]!;
      all += sum * sum;
    }
    return all;
  });
  const order = Array.from(strength.keys()).sort((a, b) => strength[b]! - strength[a]!);
  return order.slice(0, MOST_FEATURES);
}

/** Ridge with an intercept. @param penalty λ ÷ rows */
function ridge(features: readonly Split[], outputs: readonly Split[], penalty: number): number {
  const p = features.length;
  const rows = outputs[0]!.learned.length;
  const centres = features.map(({ learned }) => mean(learned));
  const x = features.map(({ learned }, a) => floats(rows, (i) => learned[i]! - centres[a]!));
  // XᵀX + λI, [p,p], then its Cholesky factor in its lower half.
  const gram = new Float64Array(p * p);
  for (let a = 0; a < p; a++)
    for (let b = 0; b <= a; b++) gram[a * p + b] = dot(x[a]!, x[b]!) + (a === b ? penalty * rows : 0);
  cholesky(gram, p);
  let error = 0;
  for (const { learned, asked } of outputs) {
    const intercept = mean(learned);
    const w = floats(p, (a) => dot(x[a]!, learned));
    solve(gram, w, p);
    for (let i = 0; i < asked.length; i++) {
      let value = intercept;
      for (let a = 0; a < p; a++) value += w[a]! * (features[a]!.asked[i]! - centres[a]!);
      error += (asked[i]! - value) ** 2;
    }
  }
  return error;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function cholesky(matrix: Float64Array, p: number): void {
  for (let a = 0; a < p; a++)
    for (let b = 0; b <= a; b++) {
      let sum = matrix[a * p + b]!;
      for (let c = 0; c < b; c++) sum -= matrix[a * p + c]! * matrix[b * p + c]!;
      matrix[a * p + b] = a === b ? Math.sqrt(sum) : sum / matrix[b * p + b]!;
    }
}

function solve(factor: Float64Array, w: Float64Array, p: number): void {
  for (let a = 0; a < p; a++) {
    let sum = w[a]!;
    for (let b = 0; b < a; b++) sum -= factor[a * p + b]! * w[b]!;
    w[a] = sum / factor[a * p + a]!;
  }
  for (let a = p - 1; a >= 0; a--) {
    let sum = w[a]!;
    for (let b = a + 1; b < p; b++) sum -= factor[b * p + a]! * w[b]!;
    w[a] = sum / factor[a * p + a]!;
  }
}

function neighbours(features: readonly Split[], outputs: readonly Split[]): number {
  const rows = outputs[0]!.learned.length;
  const means = outputs.map(({ learned }) => mean(learned));
  const distance = new Float64Array(rows);
  const near = new Int32Array(Math.min(NEIGHBOURS, rows));
  let error = 0;
  for (let i = 0; i < outputs[0]!.asked.length; i++) {
    distance.fill(0);
    for (const { learned, asked } of features) {
      const at = asked[i]!;
      for (let j = 0; j < rows; j++) {
        const apart = learned[j]! - at;
        distance[j]! += apart * apart;
      }
    }
    nearest(distance, near);
    for (let o = 0; o < outputs.length; o++) {
      const { learned, asked } = outputs[o]!;
      let sum = SHRINKING * means[o]!;
      for (let k = 0; k < near.length; k++) sum += learned[near[k]!]!;
      error += (asked[i]! - sum / (near.length + SHRINKING)) ** 2;
    }
  }
  return error;
}

/** Writes the indices of the least distances, in order. */
function nearest(distance: Float64Array, near: Int32Array): void {
  let count = 0;
  for (let j = 0; j < distance.length; j++) {
    if (count === near.length && distance[j]! >= distance[near[count - 1]!]!) continue;
    let at = count < near.length ? count++ : count - 1;
    while (at > 0 && distance[near[at - 1]!]! > distance[j]!) {
      near[at] = near[at - 1]!;
      at--;
    }
    near[at] = j;
  }
}

/** A number as the quick learner sees it: standardised, and what is far out drawn in. */
export function numberOutput(values: Float64Array): Float64Array[] {
  const output = values.slice();
  standardise(output);
  return [floats(output.length, (i) => Math.max(-FARTHEST, Math.min(FARTHEST, output[i]!)))];
}

/** Indicators of the classes, [classes][rows]: of two classes one. */
export function classOutputs(codes: Int32Array, classes: number): Float64Array[] {
  return list(classes === 2 ? 1 : classes, (k) => floats(codes.length, (i) => (codes[i] === k ? 1 : 0)));
}
