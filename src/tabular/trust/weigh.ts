import { beliefs } from '../../core/beliefs.js';

/**
 * The mean of a setting over a grid, each value weighed by how likely it makes the labels that were held out: with few labels
 * it stays near where the grid's weights put it, with many it is the best value.
 * @param grid values of the setting
 * @param prior weight of each value before any label is seen
 * @param loss −log likelihood of all held-out labels under a value
 */
export function weighed(
  grid: readonly number[],
  prior: readonly number[],
  loss: (value: number) => number,
): number {
  const believed = beliefs(grid.map((value, i) => Math.log(prior[i]!) - loss(value)));
  return grid.reduce((mean, value, i) => mean + value * believed[i]!, 0);
}
