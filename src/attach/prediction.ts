import { type Answer, NOTHING } from './ask.js';
import { softmax } from './trust.js';

interface Common {
  /** The share of what the model does not know beforehand about this query that the examples tell it, 0…1. */
  readonly known: number;
  /**
   * Whether the examples say nothing at all about this query: its vector is orthogonal to all of theirs (with a constant, each
   * less their mean). The prediction is then what it is for any other such query, and not to be taken for an answer.
   */
  readonly cannotKnow: boolean;
}

export interface AttachedClass extends Common {
  readonly label: string;
  /** Of the label. */
  readonly probability: number;
  /** By class. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** What the solver says of each class, by class: logits, or of ridge what it predicts of ones and zeros. */
  readonly scores: Readonly<Record<string, number>>;
}

export interface AttachedNumber extends Common {
  /** The first number; all of them are in `values`. */
  readonly value: number;
  /** What holds the first number as often as the level says. */
  readonly interval: readonly [number, number];
  readonly values: readonly number[];
  readonly intervals: readonly (readonly [number, number])[];
}

export type Prediction<Task> = 'classes' | 'numbers' extends Task
  ? AttachedClass | AttachedNumber
  : Task extends 'classes'
    ? AttachedClass
    : AttachedNumber;

export function classOf(
  classes: readonly string[],
  values: Float64Array,
  known: number,
  sharpness: number,
): AttachedClass {
  const probabilities = softmax(values, sharpness);
  const at = values.indexOf(values.reduce((a, b) => Math.max(a, b)));
  const named = (numbers: Float64Array) => Object.fromEntries(classes.map((name, k) => [name, numbers[k]!]));
  return {
    label: classes[at]!,
    probability: probabilities[at]!,
    probabilities: named(probabilities),
    scores: named(values),
    known,
    cannotKnow: known < NOTHING,
  };
}

export function numberOf({ values, known }: Answer, half: Float64Array): AttachedNumber {
  const intervals = Array.from(values, (value, k): [number, number] => [value - half[k]!, value + half[k]!]);
  return {
    value: values[0]!,
    interval: intervals[0]!,
    values: Array.from(values),
    intervals,
    known,
    cannotKnow: known < NOTHING,
  };
}
