import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { floats, integers, list } from '../arrays.js';
import { numeric } from '../column.js';
import { standardise } from '../columns/standardise.js';
import { between, logInteger, partOf } from '../draws.js';
import { addRandomTree } from '../functions/trees.js';
import { range, wholeRange } from '../options.js';
import type { Generate } from './generator.js';
import { drawInputs } from './inputs.js';

export const forestSpec = z
  .strictObject({
    trees: wholeRange(1, 10, 1, 1000),
    depth: wholeRange(1, 5, 1, 12),
    /** Rows in a leaf, at least. */
    least: z.int().min(1).default(4),
    /** How unevenly columns are asked for: standard deviation of their weights' logarithms. */
    preference: range(0, 3, 0),
  })
  .prefault({});

export type ForestSpec = z.output<typeof forestSpec>;

/** Sums of random trees with normal leaves: what a forest is that was fitted to noise. */
export const forest: Generate<ForestSpec> = ({ rows, columns, outputs }, spec, stream) => {
  const { kind, inputs } = drawInputs(rows, columns, stream);
  const trees = logInteger(spec.trees, stream);
  const depth = logInteger(spec.depth, stream);
  const shares = preferences(columns, between(spec.preference, stream), stream);
  const draw = () => partOf(shares, stream.uniform());
  const latents = list(outputs, () => new Float64Array(rows));
  const order = integers(rows, (i) => i);
  for (let tree = 0; tree < trees; tree++)
    addRandomTree(latents, inputs, order, { depth, least: spec.least, draw }, stream);
  for (const latent of latents) standardise(latent);
  return { columns: inputs.map(numeric), latents, drawn: { inputs: kind, trees, depth } };
};

/** Shares of columns, log-normal. */
function preferences(columns: number, spread: number, stream: Random): Float64Array {
  const weights = floats(columns, () => Math.exp(spread * stream.normal()));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
