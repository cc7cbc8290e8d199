import type { Learner } from '../core/episodes.js';
import { IcicleError } from '../core/errors.js';
import type { Matrix } from './encode.js';

/** By how much the inputs and the label are multiplied before the learner sees them. */
export interface Scale {
  /** Root mean square of an input. */
  readonly input: number;
  /** Standard deviation of the label. */
  readonly target: number;
}

/** Rows as a learner may see them. */
export interface Shown {
  /** Labelled rows, [rows,inputs], and their labels, standardised, [rows]. */
  readonly x: Matrix;
  readonly y: Float64Array;
  /** Rows that are asked, [rows,inputs]. */
  readonly queries: Matrix;
}

/** A prompt over the rows of a table, by their numbers. */
export interface Prompt {
  readonly of: Shown;
  /** Labelled rows, in the order in which they are shown. */
  readonly rows: readonly number[];
  /** Turns the inputs: an orthogonal matrix [inputs,inputs], row-major. */
  readonly rotation?: Float64Array;
  /** The row of `queries` that is asked after them. */
  readonly query: number;
}

export interface Asked {
  readonly scale: Scale;
  /** All with the same number of rows. */
  readonly prompts: readonly Prompt[];
  /** Whether the answer for the `query` is wanted, or the one for each of the shown `rows` before its label. */
  readonly which: 'query' | 'rows';
}

/** Prompts in one call of the learner: enough to keep it busy … */
const BATCH = 128;
/** … and few enough that their inputs are at most so many numbers, 32 MB. */
const BATCH_NUMBERS = 4_000_000;

/**
 * Puts prompts of one length before a learner, many in one call. Inputs are filled up with zeros to the number that the
 * learner takes.
 * @returns for each prompt its answers, standardised like its labels: one for the query, or one for each row
 * @throws IcicleError where the learner predicts a number that is not finite
 */
export async function ask(learner: Learner, asked: Asked): Promise<number[][]> {
  const { prompts, which } = asked;
  const shown = prompts[0]?.rows.length ?? 0;
  const points = shown + 1;
  const width = prompts.reduce((most, { of }) => Math.max(most, of.x.width), 1);
  const inputs = Math.max(width, learner.limits?.inputs ?? 0);
  const size = Math.max(1, Math.min(BATCH, Math.floor(BATCH_NUMBERS / (points * inputs))));
  const answers: number[][] = [];
  for (let from = 0; from < prompts.length; from += size) {
    const batch = prompts.slice(from, from + size);
    const episodes = {
      x: new Float64Array(batch.length * points * inputs),
      y: new Float64Array(batch.length * points),
      episodes: batch.length,
      points,
      inputs,
      family: 'table',
      seed: 0,
    };
    batch.forEach((prompt, e) => {
      write(prompt, asked.scale, episodes, e);
    });
    const { values } = await learner.predict(episodes);
    if (!values.every(Number.isFinite))
      throw new IcicleError(
        `learner "${learner.name}" predicted a number that is not finite: use another model`,
      );
    for (let e = 0; e < batch.length; e++) {
      const own = Array.from(values.subarray(e * points, (e + 1) * points), (v) => v / asked.scale.target);
      answers.push(which === 'query' ? own.slice(shown) : own.slice(0, shown));
    }
  }
  return answers;
}

function write(
  prompt: Prompt,
  scale: Scale,
  into: { x: Float64Array; y: Float64Array; points: number; inputs: number },
  episode: number,
): void {
  const { x, y, queries } = prompt.of;
  const put = (from: Matrix, row: number, point: number) => {
    const at = (episode * into.points + point) * into.inputs;
    const values = from.values.subarray(row * from.width, (row + 1) * from.width);
    for (let i = 0; i < from.width; i++) {
      let value = values[i]!;
      if (prompt.rotation !== undefined) {
        value = 0;
        for (let j = 0; j < from.width; j++) value += prompt.rotation[i * from.width + j]! * values[j]!;
      }
      into.x[at + i] = value * scale.input;
    }
  };
  prompt.rows.forEach((row, point) => {
    put(x, row, point);
    into.y[episode * into.points + point] = y[row]! * scale.target;
  });
  put(queries, prompt.query, prompt.rows.length);
}
