import { random } from '../core/random.js';

/** One held-out row of one repeat. */
export interface Answer {
  readonly repeat: number;
  /** Which row of the table. */
  readonly row: number;
  /** Prediction less truth of each contender. */
  readonly errors: readonly number[];
  /** Truth less the mean of the shown rows. */
  readonly fromMean: number;
}

export interface Summary {
  readonly learner: string;
  readonly reference?: string;
  readonly metric: 'rmse' | 'mae' | 'r2' | 'rmse-ratio';
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1000;
const TAIL = 0.05;

/**
 * Metrics of every contender with 90 % bootstrap intervals. Each resample draws the repeats with replacement and the
 * table's rows with replacement, an answer counting as often as its repeat times as often as its row; all contenders
 * are judged on the same resamples, so that the ratio's interval is a paired one.
 */
export function resampled(
  answers: readonly Answer[],
  names: readonly string[],
  reference: string,
  seed: number,
): Summary[] {
  const repeats = index(answers.map(({ repeat }) => repeat));
  const rows = index(answers.map(({ row }) => row));
  const stream = random(seed, 'table', 'resample');
  const ones = new Float64Array(answers.length).fill(1);
  const point = metrics(answers, ones, names, reference);
  const draws: Entry[][] = [];
  while (draws.length < RESAMPLES) {
    const ofRepeat = counts(repeats.size, stream.integer);
    const ofRow = counts(rows.size, stream.integer);
    const weights = Float64Array.from(answers, (_, i) => ofRepeat[repeats.of[i]!]! * ofRow[rows.of[i]!]!);
    if (weights.some((weight) => weight > 0)) draws.push(metrics(answers, weights, names, reference));
  }
  return point.map((entry, m) => {
    // Where all drawn rows are alike, or the reference has no error, a draw has no R² or ratio.
    const values = draws.map((draw) => draw[m]!.value).filter((value) => !Number.isNaN(value));
    const sorted = values.sort((a, b) => a - b);
    return { ...entry, low: quantile(sorted, TAIL), high: quantile(sorted, 1 - TAIL) };
  });
}

type Entry = Omit<Summary, 'low' | 'high'>;

function metrics(
  answers: readonly Answer[],
  weights: Float64Array,
  names: readonly string[],
  reference: string,
): Entry[] {
  let total = 0;
  let spread = 0;
  const square = new Float64Array(names.length);
  const absolute = new Float64Array(names.length);
  answers.forEach(({ errors, fromMean }, i) => {
    const weight = weights[i]!;
    if (weight === 0) return;
    total += weight;
    spread += weight * fromMean * fromMean;
    for (let c = 0; c < names.length; c++) {
      const error = errors[c]!;
      square[c] = square[c]! + weight * error * error;
      absolute[c] = absolute[c]! + weight * Math.abs(error);
    }
  });
  const against = names.indexOf(reference);
  return names.flatMap((learner, c): Entry[] => [
    { learner, metric: 'rmse', value: Math.sqrt(square[c]! / total) },
    { learner, metric: 'mae', value: absolute[c]! / total },
    // Held-out rows that are all alike have no spread to explain.
    { learner, metric: 'r2', value: spread > 0 ? explained(square[c]! / spread) : Number.NaN },
    ...(against === -1
      ? []
      : [
          {
            learner,
            reference,
            metric: 'rmse-ratio' as const,
            value: square[against]! > 0 ? Math.sqrt(square[c]! / square[against]!) : Number.NaN,
          },
        ]),
  ]);
}

/** Consecutive numbers for values that repeat. */
function index(values: readonly number[]): { of: number[]; size: number } {
  const numbers = new Map<number, number>();
  const of = values.map((value) => {
    const known = numbers.get(value) ?? numbers.size;
    numbers.set(value, known);
    return known;
  });
  return { of, size: numbers.size };
}

/** How often each of `size` things comes up in `size` draws with replacement. */
function counts(size: number, integer: (below: number) => number): Float64Array {
  const times = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const drawn = integer(size);
    times[drawn] = times[drawn]! + 1;
  }
  return times;
}

/** Linear between the two nearest of sorted values; NaN where there is none. */
function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] ?? Number.NaN;
  return low + (at - below) * ((sorted[below + 1] ?? low) - low);
}

/** 1 − share, without the rounding error of a learner that is the mean itself. */
function explained(share: number): number {
  return Math.abs(1 - share) < 1e-9 ? 0 : 1 - share;
}
