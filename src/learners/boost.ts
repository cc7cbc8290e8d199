import type { Episodes, Learner } from '../core/episodes.js';
import { invalid } from '../core/errors.js';
import { checkFromZero, checkSteps } from './checks.js';
import { grow, grower, insert, leafValue } from './grow.js';
import { textbook } from './textbook.js';

export interface BoostOptions {
  /** Number of trees. Default 50. */
  readonly trees?: number;
  /** The most splits on the way to a leaf. Default 4. */
  readonly depth?: number;
  /** The share of each tree that is added, above 0 up to 1. Default 0.1. */
  readonly rate?: number;
  /** λ, the penalty on the squared values of leaves. Default 1. */
  readonly lambda?: number;
}

/**
 * Gradient boosting of regression trees for squared error: from the mean label, each tree is grown on what the trees
 * before left over, with leaves Σ residuals/(size + λ) and splits of the greatest gain under the same penalty (Chen &
 * Guestrin, arXiv 1603.02754, eq. 5 and 7), and added with a small rate (Friedman 2001). The defaults are those of
 * Garg et al., arXiv 2208.01066, 50 trees of depth 4 at rate 0.1; their code uses 100 of depth 6 at 0.3. Grown anew for
 * each prefix.
 * @throws IcicleError where trees or depth is not a whole number from 1, the rate not above 0 up to 1, λ below 0.
 */
export function boost(options: BoostOptions = {}): Learner {
  const { trees = 50, depth = 4, rate = 0.1, lambda = 1 } = options;
  checkSteps('number of boosted trees', trees);
  checkSteps('depth of a tree', depth);
  if (!(rate > 0 && rate <= 1))
    throw invalid('boosting rate', rate, 'it must be above 0 and at most 1, such as 0.1');
  checkFromZero('boosting λ', lambda);
  const name = `boost:${trees}:${depth}:${rate}${lambda === 1 ? '' : `:${lambda}`}`;
  return textbook(name, (episodes) => predictBoost(episodes, trees, rate, { depth, lambda, always: false }));
}

function predictBoost(
  { x, y, episodes, points, inputs }: Episodes,
  trees: number,
  rate: number,
  how: { depth: number; lambda: number; always: boolean },
): Float64Array {
  const values = new Float64Array(episodes * points);
  const g = grower(inputs, points);
  const row = new Float64Array(inputs);
  const residuals = new Float64Array(points);
  for (let e = 0; e < episodes; e++) {
    g.count = 0;
    let total = 0;
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      for (let j = 0; j < inputs; j++) row[j] = x[at * inputs + j]!;
      if (k > 0) {
        let prediction = total / k;
        for (let i = 0; i < k; i++) residuals[i] = y[e * points + i]! - total / k;
        for (let t = 0; t < trees; t++) {
          grow(g, residuals, how);
          prediction += rate * leafValue(g, row);
          for (let i = 0; i < k; i++) residuals[i] = residuals[i]! - rate * g.value[g.node[i]!]!;
        }
        values[at] = prediction;
      }
      insert(g, row);
      total += y[at]!;
    }
  }
  return values;
}
