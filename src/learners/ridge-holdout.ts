import type { Learner } from '../core/episodes.js';
import { missing } from '../core/errors.js';
import { checkLambda } from './ridge.js';
import { textbook } from './textbook.js';
import { backward, dot, restart, rotateIn, triangle } from './triangle.js';

/**
 * Ridge whose λ is chosen for each prefix by examples that are held out: weights from its examples 1, 3, 5, …, and the λ with
 * the least squared error on 2, 4, 6, … (Bai et al., arXiv 2306.04637, §4.2). λ that err by exactly the same share equally: while
 * nothing is held out it is the mean of all.
 * @throws IcicleError where there is no λ, or one is not a finite number greater than 0.
 */
export function ridgeHoldout(grid: readonly number[]): Learner {
  if (grid.length === 0) throw missing('λ to choose from', 'name them, such as ridge:holdout:0.1:1:10');
  grid.forEach(checkLambda);
  return textbook(`ridge:holdout:${grid.join(':')}`, ({ x, y, episodes, points, inputs }) => {
    const values = new Float64Array(episodes * points);
    const t = triangle(inputs);
    const w = new Float64Array(inputs);
    const row = new Float64Array(inputs);
    const input = (at: number) => x.subarray(at * inputs, (at + 1) * inputs);
    for (let at = 0; at < values.length; at++) {
      const first = at - (at % points);
      let least = Number.POSITIVE_INFINITY;
      let [sum, count] = [0, 0];
      for (const lambda of grid) {
        restart(t, new Float64Array(inputs).fill(lambda));
        for (let i = first; i < at; i += 2) {
          row.set(input(i)); // rotating uses it up
          rotateIn(t, row, y[i]!);
        }
        backward(t, t.z, w);
        let error = 0;
        for (let i = first + 1; i < at; i += 2) error += (dot(input(i), w) - y[i]!) ** 2;
        if (error > least) continue;
        if (error < least) [least, sum, count] = [error, 0, 0];
        sum += dot(input(at), w);
        count++;
      }
      values[at] = sum / count;
    }
    return values;
  });
}
