import { quantileAt } from '../model/table/config.js';
import type { InContext } from './in-context.js';
import type { Schema } from './schema.js';
import { intervalOf, meanOfQuantiles } from './trust/numbers.js';
import { topOf } from './trust/quality.js';

/** A labelled row that a prediction leaned on. */
export interface Neighbour {
  /** Its line in the file, or which of the given rows it is, from 1. */
  readonly line: number;
  /** Share of the network's attention to labelled rows. */
  readonly weight: number;
}

interface Common {
  /** Whether the prediction is too unsure for what was asked. It is given all the same. */
  readonly abstained: boolean;
  /** The labelled rows that it leaned on most. */
  readonly nearest: readonly Neighbour[];
  /** What is odd about the row. */
  readonly warnings: readonly string[];
}

export interface ClassPrediction<Label extends string = string> extends Common {
  readonly kind: 'classes';
  readonly label: Label;
  /** Of the label. */
  readonly probability: number;
  /** By class. */
  readonly probabilities: Readonly<Record<Label, number>>;
  /** Classes of which one is right as often as the level says; none where that could not be measured. */
  readonly set: readonly Label[] | undefined;
}

export interface NumberPrediction extends Common {
  readonly kind: 'number';
  /** The mean. */
  readonly value: number;
  /** What holds the truth as often as the level says. */
  readonly interval: readonly [number, number];
  /** By level. */
  readonly quantiles: Readonly<Record<string, number>>;
}

export type Prediction = ClassPrediction | NumberPrediction;

/** What is predicted of a target whose cells are of a type: numbers of numbers, else classes named by their text. */
export type PredictionOf<T> = [T & {}] extends [number | bigint]
  ? NumberPrediction
  : [T & {}] extends [string]
    ? ClassPrediction<T & string>
    : [T & {}] extends [boolean]
      ? ClassPrediction<'true' | 'false'>
      : Prediction;

/** What turns answers into predictions, the same for all rows of a task. */
export interface Reading {
  readonly schema: Schema;
  readonly learned: InContext;
  /** Lines of the labelled rows. */
  readonly lines: readonly number[];
  /** See `ContextOptions`. */
  readonly level: number;
  readonly abstain: number | undefined;
  /** Standard deviation of the labelled numbers. */
  readonly deviation: number;
}

/** Labelled rows that are told of each prediction. */
const SHOWN = 3;
const LEVELS = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95];

/**
 * One row's prediction.
 * @param answer probabilities [K] or quantiles [Q] @param leaning on the labelled rows, [N]
 */
export function readAnswer(
  { schema: { target }, learned, lines, level, abstain, deviation }: Reading,
  answer: Float64Array,
  leaning: Float64Array,
  warnings: readonly string[],
): Prediction {
  const common = { nearest: nearestOf(leaning, lines), warnings };
  if (target.kind === 'classes') {
    const best = topOf(answer);
    const { threshold } = learned;
    return {
      kind: 'classes',
      label: target.classes[best]!,
      probability: answer[best]!,
      probabilities: Object.fromEntries(target.classes.map((name, k) => [name, answer[k]!])),
      // The likeliest class belongs to every set: an empty one would help nobody.
      set:
        threshold === undefined
          ? undefined
          : target.classes.filter((_, k) => k === best || answer[k]! >= threshold),
      abstained: abstain !== undefined && 1 - answer[best]! > abstain,
      ...common,
    };
  }
  const [low, high] = intervalOf(answer, level);
  const value = meanOfQuantiles(answer);
  // A margin may narrow the interval, but not past its middle.
  const middle = quantileAt(0.5, answer);
  const [from, to] = [low - (learned.margin ?? 0), high + (learned.margin ?? 0)];
  const interval: [number, number] = [Math.min(from, middle), Math.max(to, middle)];
  return {
    kind: 'number',
    value,
    interval,
    quantiles: Object.fromEntries(LEVELS.map((at) => [at, quantileAt(at, answer)])),
    abstained: abstain !== undefined && (interval[1] - interval[0]) / 2 > abstain * deviation,
    ...common,
  };
}

function nearestOf(leaning: Float64Array, lines: readonly number[]): Neighbour[] {
  return Array.from(leaning, (weight, i) => ({ line: lines[i]!, weight }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, SHOWN);
}
