import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import { type Family, makeFamily, normals } from './family.js';
import { inputsOption, positive } from './options.js';

/** Options of the family `decision-tree`. */
export const decisionTreeSchema = z.strictObject({
  family: z.literal('decision-tree').default('decision-tree'),
  /** D, inputs of a point. */
  inputs: inputsOption(20),
  /** Questions from the root to a leaf. */
  depth: z.int().min(0).max(12, 'must be at most 12').default(4),
  /** The standard deviation of the leaves. */
  scale: positive.default(1),
});

export type DecisionTreeSpec = z.output<typeof decisionTreeSchema>;
export type DecisionTreeOptions = z.input<typeof decisionTreeSchema>;

/**
 * Full binary trees: every inner node asks whether one input, drawn uniformly, is above 0, and every leaf has a label from
 * N(0, scale²); x ~ N(0, I) (Garg et al., arXiv 2208.01066: D = 20, depth 4). No Bayes predictor is offered: it would have to
 * go through D^(2^depth − 1) trees.
 * @throws IcicleError (exit code 2) where the options do not fit `decisionTreeSchema`.
 */
export function decisionTree(options: DecisionTreeOptions = {}): Family<DecisionTreeSpec> {
  const spec = parseSpec('family decision-tree', decisionTreeSchema, options);
  const { inputs, depth, scale } = spec;
  const leaves = 2 ** depth;
  return makeFamily({
    name: 'decision-tree',
    spec,
    inputs,
    sigma: 0,
    episode: (points, stream) => {
      // Node i has the children 2i + 1 (not above 0) and 2i + 2; the leaves follow the inner nodes.
      const asks = Uint16Array.from({ length: leaves - 1 }, () => stream.integer(inputs));
      const labels = normals(leaves, stream).map((value) => scale * value);
      const at = (x: Float64Array, from: number) => {
        let node = 0;
        while (node < leaves - 1) node = 2 * node + (x[from + asks[node]!]! > 0 ? 2 : 1);
        return labels[node - (leaves - 1)]!;
      };
      return { x: normals(points * inputs, stream), task: { at }, noise: 0 };
    },
  });
}
