import type { Learner } from '../core/episodes.js';
import { parseLearner } from '../learners/index.js';
import type { Encoding, Matrix } from './encode.js';
import { CONTEXT, type ContextOptions, learnTable } from './learn.js';
import { ask } from './prompts.js';

/** Labelled rows of one split, encoded. */
export interface Training {
  readonly encoding: Encoding;
  /** [rows,width] */
  readonly x: Matrix;
  /** Standardised labels, [rows]. */
  readonly y: Float64Array;
  readonly seed: number;
}

/** Something that learns from labelled rows and predicts the target of others, in the target's units. */
export interface Contender {
  readonly name: string;
  fit(training: Training): Promise<(x: Matrix) => Promise<Float64Array>>;
}

/** The learners that a prediction is held against. */
export const BASELINES = ['mean', 'knn:3', 'ols', 'ridge:loo'] as const;
/** The one that ratios are to. */
export const REFERENCE = 'ridge:loo';

/** A learner of limited inputs and context, over projected columns and averaged contexts. */
export function frozenContender(learner: Learner, options: ContextOptions = CONTEXT): Contender {
  return {
    name: learner.name,
    fit: async ({ encoding, x, y, seed }) =>
      (await learnTable(learner, encoding, x, y, seed, options)).predict,
  };
}

/**
 * A textbook learner. It gets every encoded column and every labelled row, without projection; the standardisation
 * is its intercept.
 * @throws IcicleError (exit code 2) where no such learner is known
 */
export function textbookContender(name: string): Contender {
  const learner = parseLearner(name);
  const linear = /^(mean|ols|ridge)/.test(name);
  return {
    name,
    async fit({ encoding, x, y }) {
      const { mean, scale } = encoding.target;
      const predict = (queries: Matrix) => answer(learner, x, y, queries);
      const units = linear ? await predict(identity(x.width)) : undefined;
      return async (rows) => {
        const values = units === undefined ? await predict(rows) : times(rows, units);
        return values.map((value) => value * scale + mean);
      };
    },
  };
}

/** One prompt a query: all labelled rows, then the query. */
async function answer(learner: Learner, x: Matrix, y: Float64Array, queries: Matrix): Promise<Float64Array> {
  const rows = Array.from({ length: x.rows }, (_, i) => i);
  const prompts = Array.from({ length: queries.rows }, (_, query) => ({ rows, query }));
  const scale = { input: 1, target: 1 };
  const answers = await ask(learner, { x, y, queries, scale, prompts, which: 'query' });
  return Float64Array.from(answers, (values) => values[0]!);
}

/** The predictions of a linear learner are linear in the query: those for unit queries tell all others. */
function identity(size: number): Matrix {
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) values[i * size + i] = 1;
  return { values, rows: size, width: size };
}

function times(x: Matrix, w: Float64Array): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, r) => {
    let sum = 0;
    for (let c = 0; c < x.width; c++) sum += x.values[r * x.width + c]! * w[c]!;
    return sum;
  });
}
