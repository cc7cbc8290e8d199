import { intervalOf, meanOfQuantiles, pinballOf } from './numbers.js';

/** How good predictions are on labelled rows that were asked before their label was used, beside textbook ones. */
export interface Quality {
  /** Rows that were asked. */
  readonly rows: number;
  /** What `score` is: the share of classes that are right, or 1 − squared error ÷ that of the mean (R²). */
  readonly metric: 'accuracy' | 'r2';
  readonly score: Compared;
  /** What decides about the blend: mean −log probability of the class, or mean pinball loss in the target's units. */
  readonly loss: Compared;
  /** Two standard errors of the own score. */
  readonly margin: number;
  /** Of numbers: root mean squared error in the target's units, and the share of labels in the interval before it is widened. */
  readonly rmse?: Compared;
  readonly coverage?: number;
}

export interface Compared {
  readonly own: number;
  /** The majority class, or the mean. */
  readonly constant: number;
  /** Logistic regression, or ridge. */
  readonly head: number;
}

/** Answers of rows that were held out: probabilities [rows,K] or quantiles [rows,Q]. */
interface Answers {
  readonly truth: readonly number[];
  readonly own: Float64Array;
  readonly constant: Float64Array;
  readonly head: Float64Array;
}

/** Probabilities below this are taken for it. */
const LEAST = 1e-3;

export function classQuality({ k, truth, ...answers }: Answers & { k: number }): Quality {
  const n = truth.length;
  const accuracy = (p: Float64Array) =>
    truth.filter((label, r) => label === topOf(p.subarray(r * k, (r + 1) * k))).length / n;
  const loss = (p: Float64Array) => sum(classLosses(p, truth, k)) / n;
  const score = compared(answers, accuracy);
  return {
    rows: n,
    metric: 'accuracy',
    score,
    loss: compared(answers, loss),
    // Agresti and Coull's interval, so that all right of a few is no certainty.
    margin: 2 * Math.sqrt(varianceOf((score.own * n + 2) / (n + 4)) / (n + 4)),
  };
}

/** −log probability of each row's class. @param p [rows,K] */
export const classLosses = (p: Float64Array, truth: readonly number[], k: number): number[] =>
  truth.map((label, r) => -Math.log(Math.max(LEAST, p[r * k + label]!)));

/** The pinball loss of each row, mean over quantiles. @param quantiles [rows,Q] */
export const numberLosses = (quantiles: Float64Array, truth: readonly number[], q: number): number[] =>
  truth.map((y, r) => pinballOf(quantiles.subarray(r * q, (r + 1) * q), [y], q));

/** Whether losses are above others on the same rows by more than two standard errors of their difference. */
export function clearlyWorse(own: readonly number[], other: readonly number[]): boolean {
  const n = own.length;
  const differences = own.map((loss, r) => loss - other[r]!);
  const mean = sum(differences) / n;
  const variance = sum(differences.map((difference) => (difference - mean) ** 2)) / (n - 1);
  return n > 1 && mean > 2 * Math.sqrt(variance / n);
}

const varianceOf = (p: number): number => p * (1 - p);

export function numberQuality({
  q,
  truth,
  own,
  constant,
  head,
  level,
}: Answers & { q: number; level: number }): Quality {
  const n = truth.length;
  const points = { own: meansOf(own, q), constant: meansOf(constant, q), head };
  const squares = (p: Float64Array) => truth.map((y, r) => (y - p[r]!) ** 2);
  const total = sum(squares(points.constant));
  const score = compared(points, (p) => 1 - sum(squares(p)) / total);
  // Of the ratio of two sums over the same rows, by the delta method.
  const residuals = squares(points.own).map(
    (square, r) => square - (1 - score.own) * squares(points.constant)[r]!,
  );
  const inside = truth.filter((y, r) => {
    const [low, high] = intervalOf(own.subarray(r * q, (r + 1) * q), level);
    return low <= y && y <= high;
  });
  // A head gives no distribution: its loss is that of its prediction at all levels, half the mean absolute error.
  const spread = Float64Array.from({ length: n * q }, (_, i) => head[Math.floor(i / q)]!);
  return {
    rows: n,
    metric: 'r2',
    score,
    loss: compared({ own, constant, head: spread }, (p) => pinballOf(p, truth, q)),
    margin: (2 * Math.sqrt(sum(residuals.map((value) => value * value)))) / total,
    rmse: compared(points, (p) => Math.sqrt(sum(squares(p)) / n)),
    coverage: inside.length / n,
  };
}

function compared<T>(of: { own: T; constant: T; head: T }, measure: (answers: T) => number): Compared {
  return { own: measure(of.own), constant: measure(of.constant), head: measure(of.head) };
}

/** The class of the greatest probability. */
export function topOf(probabilities: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < probabilities.length; k++) if (probabilities[k]! > probabilities[best]!) best = k;
  return best;
}

/** @param quantiles [rows,Q] */
const meansOf = (quantiles: Float64Array, q: number): Float64Array =>
  Float64Array.from({ length: quantiles.length / q }, (_, r) =>
    meanOfQuantiles(quantiles.subarray(r * q, (r + 1) * q)),
  );

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
