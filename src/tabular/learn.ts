import type { Learner } from '../core/episodes.js';
import { permutation, type Random, random } from '../core/random.js';
import type { Encoding, Matrix } from './encode.js';
import { randomRotation } from './project.js';
import { ask, type Prompt, type Scale } from './prompts.js';
import { fitView, inputsOf, labelsOf, type ViewOptions } from './view.js';

/** How a table is put before a learner with few inputs (it never gets more than it takes) and a short context. */
export interface ContextOptions extends ViewOptions {
  /** Labelled rows in a context (also at most what the learner takes, less the query). */
  readonly examples: number;
  /** Contexts whose predictions are averaged for each row. */
  readonly members: number;
  /** Whether each context turns the inputs by a random rotation. */
  readonly rotate: boolean;
  /** The scales to choose from, see `chooseScale`. */
  readonly scales: readonly Scale[];
  /** Random orders of the labelled rows that each scale is judged by. */
  readonly orders: number;
  readonly combine: 'mean' | 'median';
}

/**
 * What was measured to be good for a learner of linear functions with unit weights, unit inputs and noise up to 1
 * (`bench/tables.mjs`). With a label of standard deviation s and inputs of root mean square c, a learner that reads
 * noise σ into the labels penalises like ridge with λ = σ²/c² on the standardised columns.
 */
export const CONTEXT: ContextOptions = {
  projection: 'weighted',
  inputs: 64,
  examples: 40,
  members: 8,
  rotate: true,
  clip: 3,
  scales: [
    { input: 0.5, target: 1.7 },
    { input: 0.7, target: 2.8 },
    { input: 0.35, target: 1.4 },
  ],
  orders: 8,
  combine: 'mean',
};

/** A table that a learner has been shown. */
export interface LearnedTable {
  /** Inputs that the columns became. */
  readonly inputs: number;
  /** Labelled rows in each context. */
  readonly examples: number;
  readonly members: number;
  readonly scale: Scale;
  /**
   * Root mean squared error on labelled rows that were asked before anything was learned from their labels, in units of
   * the target. `predict` has more rows to learn from and averages several contexts, so that it may do a little better.
   */
  readonly error: number;
  /** The target of encoded rows [rows,width], in its own units, [rows]. */
  predict(x: Matrix): Promise<Float64Array>;
}

/** A view that is only measured is fitted on at most this many labelled rows. */
const MEASURED_ROWS = 100;

/**
 * Shows the labelled rows to a learner whose parameters do not change. The columns are projected to as many inputs as
 * the learner takes; each of `members` contexts holds up to `examples` labelled rows in a random order, turned by a
 * random rotation (a learner with an isotropic prior should not mind, and what it does mind averages out). Where there
 * are more labelled rows than a context holds, the contexts share them out evenly.
 * @param x encoded labelled rows, [rows,width]
 * @param y their standardised labels, [rows]
 */
export async function learnTable(
  learner: Learner,
  encoding: Encoding,
  x: Matrix,
  y: Float64Array,
  seed: number,
  options: ContextOptions = CONTEXT,
): Promise<LearnedTable> {
  const limited = {
    ...options,
    inputs: Math.min(options.inputs, learner.limits?.inputs ?? Number.POSITIVE_INFINITY),
    examples: Math.min(options.examples, (learner.limits?.points ?? Number.POSITIVE_INFINITY) - 1, x.rows),
  };
  const { scale, error } = await chooseScale(learner, x, y, seed, limited);
  const view = fitView(x, y, range(x.rows), limited);
  const shown = { x: inputsOf(view, x), y: labelsOf(view, y) };
  const stream = random(seed, 'table', 'context');
  const contexts = drawRows(x.rows, limited.examples, options.members, stream).map((rows) => ({
    rows,
    ...rotation(shown.x.width, options, stream),
  }));
  const { target } = encoding;
  return {
    inputs: shown.x.width,
    examples: limited.examples,
    members: contexts.length,
    scale,
    error: error * target.scale,
    async predict(rows) {
      const of = { ...shown, queries: inputsOf(view, rows) };
      const prompts = range(rows.rows).flatMap((query) =>
        contexts.map((context): Prompt => ({ ...context, of, query })),
      );
      const answers = await ask(learner, { scale, prompts, which: 'query' });
      return Float64Array.from({ length: rows.rows }, (_, q) => {
        const own = answers.slice(q * contexts.length, (q + 1) * contexts.length).map((values) => values[0]!);
        const standard = combine(own, options.combine) * view.label.scale + view.label.mean;
        return standard * target.scale + target.mean;
      });
    },
  };
}

/**
 * The scale with the least squared error of asking for each labelled row before it is shown, over the later half of
 * random orders. A learner that predicts every prefix gives all of these in one pass: cross-validation for the price of a
 * few prompts. Nothing has seen the answers, since each order has a view of its own, fitted without its later half. On a
 * tie the earlier scale is taken.
 */
async function chooseScale(
  learner: Learner,
  x: Matrix,
  y: Float64Array,
  seed: number,
  options: ContextOptions,
): Promise<{ scale: Scale; error: number }> {
  const stream = random(seed, 'table', 'order');
  const half = Math.ceil(options.examples / 2);
  const orders = drawRows(x.rows, options.examples, options.orders, stream).map((rows) => {
    const scored = rows.slice(half);
    const others = permutation(x.rows, stream).filter((row) => !scored.includes(row));
    const view = fitView(x, y, others.slice(0, MEASURED_ROWS), options);
    const inputs = inputsOf(view, x);
    const of = { x: inputs, y: labelsOf(view, y), queries: inputs };
    // Each prompt ends with a query that nobody looks at: prompts of one length need one program of the learner.
    return { view, prompt: { of, rows, ...rotation(inputs.width, options, stream), query: 0 } };
  });
  let best: { scale: Scale; error: number } | undefined;
  for (const scale of options.scales) {
    const answers = await ask(learner, { scale, prompts: orders.map(({ prompt }) => prompt), which: 'rows' });
    const squares = orders.flatMap(({ view: { label }, prompt: { rows } }, o) =>
      range(rows.length - half).map((k) => {
        const predicted = answers[o]![half + k]! * label.scale + label.mean;
        return (predicted - y[rows[half + k]!]!) ** 2;
      }),
    );
    const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
    if (best === undefined || error < best.error) best = { scale, error };
  }
  return best!;
}

/** Random subsets of `rows` rows in random orders, each row used about as often as any other. */
function drawRows(rows: number, size: number, count: number, stream: Random): number[][] {
  let pool: number[] = [];
  return Array.from({ length: count }, () => {
    const drawn: number[] = [];
    while (drawn.length < size) {
      if (pool.length === 0) pool = permutation(rows, stream).filter((row) => !drawn.includes(row));
      drawn.push(pool.pop()!);
    }
    return drawn;
  });
}

function rotation(width: number, { rotate }: ContextOptions, stream: Random): { rotation?: Float64Array } {
  return rotate ? { rotation: randomRotation(width, stream) } : {};
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

function combine(values: readonly number[], how: 'mean' | 'median'): number {
  if (how === 'mean') return values.reduce((sum, v) => sum + v, 0) / values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
