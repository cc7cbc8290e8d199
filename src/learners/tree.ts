import type { Episodes, Learner } from '../core/episodes.js';
import { invalid } from '../core/errors.js';
import { grow, grower, insert, leafValue } from './grow.js';
import { textbook } from './textbook.js';

export interface TreeOptions {
  /** The most splits on the way to a leaf. Default Infinity: until the labels of a leaf are alike. */
  readonly depth?: number;
  /** Look only at the inputs' signs. Default false. */
  readonly signs?: boolean;
}

/**
 * A greedily grown regression tree (Breiman et al. 1984, Classification and Regression Trees): each node is split by
 * the input and the midpoint that lower the squared error most, a leaf predicts the mean of its labels. Of equal splits
 * the first input and the lowest threshold win. Garg et al., arXiv 2208.01066, use depth 2 in the text, 4 on signs, and
 * 4 and no limit in their code. Grown anew for each prefix, O(KD) a level.
 * @throws IcicleError where the depth is not a whole number from 1 or Infinity.
 */
export function tree(options: TreeOptions = {}): Learner {
  const { depth = Number.POSITIVE_INFINITY, signs = false } = options;
  if (!(depth === Number.POSITIVE_INFINITY || (Number.isInteger(depth) && depth >= 1)))
    throw invalid('depth of a tree', depth, 'it must be a whole number from 1; leave it out for no limit');
  const name = ['tree', ...(Number.isFinite(depth) ? [depth] : []), ...(signs ? ['signs'] : [])].join(':');
  return textbook(name, (episodes) => predictTree(episodes, depth, signs));
}

function predictTree(episodes: Episodes, depth: number, signs: boolean): Float64Array {
  const { x, y, points, inputs } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const g = grower(inputs, points);
  const row = new Float64Array(inputs);
  const how = { depth, lambda: 0, always: true };
  for (let e = 0; e < episodes.episodes; e++) {
    g.count = 0;
    const labels = y.subarray(e * points, (e + 1) * points);
    for (let k = 0; k < points; k++) {
      const at = (e * points + k) * inputs;
      for (let j = 0; j < inputs; j++) row[j] = signs ? Math.sign(x[at + j]!) : x[at + j]!;
      if (k > 0) {
        grow(g, labels, how);
        values[e * points + k] = leafValue(g, row);
      }
      insert(g, row);
    }
  }
  return values;
}
