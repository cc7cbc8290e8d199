import { add, log, mul, neg, reduceMean, reduceSum, relu, sub } from '../../graph/ops/index.js';
import { constant, type Tensor } from '../../graph/tensor.js';
import { quantileLevels, type TableConfig } from './config.js';

/** Added to each probability, so that none is 0. */
const FLOOR = 1e-6;

/**
 * Cross-entropy, the mean over asked rows.
 * @param probabilities [B,A,K] @param truth [B,A,K], 1 for each row's class
 */
export const crossEntropy = (probabilities: Tensor, truth: Tensor): Tensor =>
  neg(reduceMean(reduceSum(mul(truth, log(add(probabilities, FLOOR))), [2])));

/**
 * Pinball loss, the mean over asked rows and quantiles (Koenker and Bassett 1978).
 * @param quantiles [B,A,Q] @param truth [B,A,1]
 */
export function pinball(config: TableConfig, quantiles: Tensor, truth: Tensor): Tensor {
  const levels = Float64Array.from(quantileLevels(config));
  const level = constant(levels, [1, 1, levels.length]);
  const rest = constant(
    levels.map((value) => 1 - value),
    [1, 1, levels.length],
  );
  const error = sub(truth, quantiles);
  return reduceMean(add(mul(relu(error), level), mul(relu(neg(error)), rest)));
}
