import type { Learner } from '../core/episodes.js';
import { permutation, random } from '../core/random.js';
import type { Encoding, Matrix } from './encode.js';
import { fitProjection, type Projection, type ProjectionMethod, project, randomRotation } from './project.js';
import { ask, type Prompt, type Scale } from './prompts.js';

/** How a table is put before a learner with few inputs and a short context. */
export interface ContextOptions {
  readonly projection: ProjectionMethod;
  /** At most this many inputs (also at most what the learner takes). */
  readonly inputs: number;
  /** Labelled rows in a context (also at most what the learner takes, less the query). */
  readonly examples: number;
  /** Contexts whose predictions are averaged for each row. */
  readonly members: number;
  /** Whether each context turns the inputs by a random rotation. */
  readonly rotate: boolean;
  /** Projected inputs beyond this many times their root mean square are pulled back to it. */
  readonly clip: number;
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
   * Root mean squared error on labelled rows that were asked before they were shown, in units of the target; what the
   * scale was chosen by, so a little hopeful.
   */
  readonly error: number;
  /** The target of encoded rows [rows,width], in its own units, [rows]. */
  predict(x: Matrix): Promise<Float64Array>;
}

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
  const takes = learner.limits?.inputs ?? Number.POSITIVE_INFINITY;
  const longest = (learner.limits?.points ?? Number.POSITIVE_INFINITY) - 1;
  const projection = fitProjection(x, y, {
    inputs: Math.min(options.inputs, takes),
    method: options.projection,
  });
  const most = bounds(project(projection, x), options.clip);
  const inputs = projectClipped(projection, x, most);
  const examples = Math.min(options.examples, longest, x.rows);
  const { scale, error } = await chooseScale(learner, inputs, y, examples, seed, options);
  const contexts = drawContexts(inputs, examples, options, seed, 'context', options.members);
  return {
    inputs: inputs.width,
    examples,
    members: contexts.length,
    scale,
    error: error * encoding.target.scale,
    async predict(rows) {
      const queries = projectClipped(projection, rows, most);
      const prompts: Prompt[] = [];
      for (let q = 0; q < queries.rows; q++)
        for (const context of contexts) prompts.push({ ...context, query: q });
      const answers = await ask(learner, { x: inputs, y, queries, scale, prompts, which: 'query' });
      return Float64Array.from({ length: queries.rows }, (_, q) => {
        const own = answers.slice(q * contexts.length, (q + 1) * contexts.length).map((values) => values[0]!);
        return combine(own, options.combine) * encoding.target.scale + encoding.target.mean;
      });
    },
  };
}

/**
 * The scale with the least squared error of asking for each labelled row before it is shown, over the later half of
 * random orders. A learner that predicts every prefix gives all of these in one pass, and none has seen its answer:
 * cross-validation for the price of a few prompts. On a tie the earlier scale is taken.
 */
async function chooseScale(
  learner: Learner,
  x: Matrix,
  y: Float64Array,
  points: number,
  seed: number,
  options: ContextOptions,
): Promise<{ scale: Scale; error: number }> {
  // Each prompt ends with a query that nobody looks at: prompts of one length need one program of the learner.
  const orders = drawContexts(x, points, options, seed, 'order', options.orders).map((order) => ({
    ...order,
    query: 0,
  }));
  let best: { scale: Scale; error: number } | undefined;
  for (const scale of options.scales) {
    const answers = await ask(learner, { x, y, queries: x, scale, prompts: orders, which: 'rows' });
    let square = 0;
    let count = 0;
    answers.forEach((values, o) => {
      for (let k = Math.ceil(points / 2); k < points; k++) {
        square += (values[k]! - y[orders[o]!.rows[k]!]!) ** 2;
        count++;
      }
    });
    const error = Math.sqrt(square / Math.max(1, count));
    if (best === undefined || error < best.error) best = { scale, error };
  }
  return best!;
}

/** Random subsets in random orders, each row used about as often as any other, each with its own rotation. */
function drawContexts(
  x: Matrix,
  size: number,
  options: ContextOptions,
  seed: number,
  purpose: string,
  count: number,
): Omit<Prompt, 'query'>[] {
  const stream = random(seed, 'table', purpose);
  let pool: number[] = [];
  return Array.from({ length: count }, () => {
    const rows: number[] = [];
    while (rows.length < size) {
      if (pool.length === 0) pool = permutation(x.rows, stream).filter((row) => !rows.includes(row));
      rows.push(pool.pop()!);
    }
    return options.rotate ? { rows, rotation: randomRotation(x.width, stream) } : { rows };
  });
}

/** Projects rows and pulls values that are further out than `most` [inputs] back to there. */
function projectClipped(projection: Projection, x: Matrix, most: Float64Array): Matrix {
  const projected = project(projection, x);
  projected.values.forEach((v, i) => {
    const bound = most[i % most.length]!;
    projected.values[i] = Math.max(-bound, Math.min(bound, v));
  });
  return projected;
}

/** `clip` times the root mean square of each input over the labelled rows, [inputs]. */
function bounds(x: Matrix, clip: number): Float64Array {
  const squares = new Float64Array(x.width);
  x.values.forEach((v, i) => {
    squares[i % x.width] = squares[i % x.width]! + (v * v) / x.rows;
  });
  return squares.map((square) => clip * Math.sqrt(square));
}

function combine(values: readonly number[], how: 'mean' | 'median'): number {
  if (how === 'mean') return values.reduce((sum, v) => sum + v, 0) / values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
