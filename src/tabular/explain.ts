import { Matrix as Dense, solve } from 'ml-matrix';
import { random } from '../core/random.js';
import { momentsOf } from './cells/encode.js';
import type { Examples } from './ensemble/examples.js';
import type { InContext } from './in-context.js';
import type { Schema } from './schema.js';
import { meanOfQuantiles } from './trust/numbers.js';
import { topOf } from './trust/quality.js';

/** Why a row is predicted as it is: what the frozen model itself answers where the row is another. */
export interface Explanation {
  /** What is explained: the probability of this class, or the number. */
  readonly of: string;
  readonly value: number;
  /** By how much the value is greater than where the column is missing, the greatest in size first; of columns that are there. */
  readonly hidden: readonly { readonly column: string; readonly effect: number }[];
  /**
   * The linear model around the row: by how much the value changes where a number is greater by one standard deviation, or
   * where a category is another; the greatest in size first.
   */
  readonly linear: readonly { readonly column: string; readonly weight: number }[];
  /** R² of the linear model: the share of the answers' variance around the row that it tells. Near 0, it says nothing. */
  readonly fidelity: number;
}

/** Rows around the row for each column, at least so many. */
const AROUND = 8;
const LEAST = 64;
/** Standard deviations by which numbers move, and how often a category becomes another. */
const STEP = 0.5;
const SWITCHED = 0.25;

/** @param row cells, [C] */
export async function explainRow(
  { columns, target }: Schema,
  examples: Examples,
  learned: InContext,
  row: Float64Array,
  seed: number,
): Promise<Explanation> {
  const c = columns.length;
  const stream = random(seed, 'explain');
  const hidden = columns.map((_, at) => row.with(at, Number.NaN));
  const deviations = columns.map((_, at) => momentsOf(columnOf(examples, at)).deviation);
  const moves = Array.from({ length: Math.max(LEAST, AROUND * c) }, () =>
    columns.map(({ kind }, at) => {
      if (Number.isNaN(row[at])) return 0;
      return kind === 'category' ? (stream.uniform() < SWITCHED ? 1 : 0) : STEP * stream.normal();
    }),
  );
  const around = moves.map((own) =>
    row.map((cell, at) => {
      const column = columns[at]!;
      if (column.kind !== 'category') return cell + own[at]! * deviations[at]!;
      return own[at] === 0 ? cell : another(cell, column.levels.length, stream.integer);
    }),
  );
  const all = [row, ...hidden, ...around];
  const { answers } = await learned.predict({
    rows: all.length,
    x: Float64Array.from(all.flatMap((one) => [...one])),
  });
  const width = answers.length / all.length;
  const top = target.kind === 'classes' ? topOf(answers.subarray(0, width)) : 0;
  const values = all.map((_, r) => {
    const own = answers.subarray(r * width, (r + 1) * width);
    return target.kind === 'classes' ? own[top]! : meanOfQuantiles(own);
  });
  const [value] = values as [number];
  const { weights, fidelity } = regress(moves, values.slice(1 + c));
  const known = columns.map((_, at) => at).filter((at) => !Number.isNaN(row[at]));
  const sorted = <T>(list: T[], size: (one: T) => number) =>
    list.sort((a, b) => Math.abs(size(b)) - Math.abs(size(a)));
  return {
    of: target.kind === 'classes' ? target.classes[top]! : target.name,
    value,
    hidden: sorted(
      known.map((at) => ({ column: columns[at]!.name, effect: value - values[1 + at]! })),
      ({ effect }) => effect,
    ),
    linear: sorted(
      known.map((at) => ({ column: columns[at]!.name, weight: weights[at]! })),
      ({ weight }) => weight,
    ),
    fidelity,
  };
}

const columnOf = ({ rows, columns, x }: Examples, at: number): Float64Array =>
  Float64Array.from({ length: rows }, (_, r) => x[r * columns + at]!);

/** Another level than this one, each as likely. */
function another(level: number, levels: number, integer: (below: number) => number): number {
  if (levels < 2) return level;
  const drawn = integer(levels - 1);
  return drawn >= level ? drawn + 1 : drawn;
}

/** Least squares with a constant, and its R². Moves that never vary get a weight of 0 by a penalty that is next to nothing. */
function regress(
  moves: readonly number[][],
  values: readonly number[],
): { weights: number[]; fidelity: number } {
  const x = new Dense(moves.map((own) => [1, ...own]));
  const gram = x.transpose().mmul(x);
  for (let i = 0; i < gram.rows; i++) gram.set(i, i, gram.get(i, i) + 1e-6);
  const y = Dense.columnVector([...values]);
  const fitted = solve(gram, x.transpose().mmul(y)).to1DArray();
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const predicted = x.mmul(Dense.columnVector(fitted)).to1DArray();
  const squares = (of: (at: number) => number) => values.reduce((sum, y, i) => sum + (y - of(i)) ** 2, 0);
  const total = squares(() => mean);
  return {
    weights: fitted.slice(1),
    fidelity: total > 1e-18 ? 1 - squares((i) => predicted[i]!) / total : 0,
  };
}
