import type { Learner } from '../core/episodes.js';
import { parseLearner } from '../learners/index.js';
import type { Encoding, Matrix } from './encode.js';
import { CONTEXT, type ContextOptions, learnTable } from './learn.js';
import { fitLinear, predictLinear } from './linear.js';
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

/** The learners that a prediction is held against; `ols` and `ridge:loo` with an intercept. */
export const BASELINES = ['mean', 'knn:3', 'ols', 'ridge:loo'] as const;
/** The one that ratios are to. */
export const REFERENCE = 'ridge:loo';

/** What a model is called beside the baselines: its own name, unless that is one of theirs. */
export function frozenName(name: string): string {
  return (BASELINES as readonly string[]).includes(name) ? `${name}-model` : name;
}

/** A learner of limited inputs and context, over projected columns and averaged contexts. */
export function frozenContender(learner: Learner, options: ContextOptions = CONTEXT): Contender {
  return {
    name: frozenName(learner.name),
    fit: async ({ encoding, x, y, seed }) =>
      (await learnTable(learner, encoding, x, y, seed, options)).predict,
  };
}

/**
 * A textbook learner. It gets every encoded column and every labelled row, without projection; the linear ones also fit an
 * intercept.
 * @throws IcicleError (exit code 2) where no such learner is known
 */
export function textbookContender(name: string): Contender {
  const learner = parseLearner(name);
  return {
    name,
    async fit({ encoding, x, y }) {
      const { mean, scale } = encoding.target;
      const linear = fitLinear(learner.name, x, y);
      return async (rows) => {
        const values = linear === undefined ? await answer(learner, x, y, rows) : predictLinear(linear, rows);
        return values.map((value) => value * scale + mean);
      };
    },
  };
}

/** One prompt a query: all labelled rows, then the query. */
async function answer(learner: Learner, x: Matrix, y: Float64Array, queries: Matrix): Promise<Float64Array> {
  const of = { x, y, queries };
  const rows = Array.from({ length: x.rows }, (_, i) => i);
  const prompts = Array.from({ length: queries.rows }, (_, query) => ({ of, rows, query }));
  const answers = await ask(learner, { scale: { input: 1, target: 1 }, prompts, which: 'query' });
  return Float64Array.from(answers, (values) => values[0]!);
}
