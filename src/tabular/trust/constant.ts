import { quantileAt } from '../../model/table/config.js';
import type { Fold } from '../ensemble/ensemble.js';
import type { Examples } from '../ensemble/examples.js';

/** What one would say without looking at any column: the classes' frequencies, or the targets' quantiles. */
export interface Constant {
  /** Standard deviation of the labelled numbers; 0 of classes. */
  readonly deviation: number;
  /** The same answer for each row, [rows,K or Q]. */
  predict(rows: number): Float64Array;
  /** For the rows that the folds ask, each from the rows that its fold shows. */
  readonly outOfFold: Float64Array;
}

/** @param q quantiles of a number */
export function constantOf({ target }: Examples, folds: readonly Fold[], q: number): Constant {
  const answerOf = (values: readonly number[]): Float64Array =>
    target.kind === 'classes' ? frequencies(values, target.classes) : quantiles(values, q);
  const all = answerOf(Array.from(target.values));
  const held = folds.flatMap(({ shown, asked }) => {
    const answer = answerOf(shown.map((row) => target.values[row]!));
    return asked.flatMap(() => [...answer]);
  });
  return {
    deviation: target.kind === 'classes' ? 0 : deviationOf(target.values),
    predict: (rows) => Float64Array.from({ length: rows * all.length }, (_, i) => all[i % all.length]!),
    outOfFold: Float64Array.from(held),
  };
}

/** One label of each class is added, so that none is impossible. */
function frequencies(values: readonly number[], classes: number): Float64Array {
  const counts = new Float64Array(classes).fill(1);
  for (const value of values) counts[value]!++;
  return counts.map((count) => count / (values.length + classes));
}

function quantiles(values: readonly number[], q: number): Float64Array {
  const sorted = Float64Array.from(values).sort();
  return Float64Array.from({ length: q }, (_, i) => quantileAt((i + 0.5) / q, sorted));
}

function deviationOf(values: ArrayLike<number>): number {
  const n = values.length;
  let [mean, squares] = [0, 0];
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2 / n;
  return Math.sqrt(squares);
}
