import type { Episodes, Learner } from '../core/episodes.js';
import { textbook } from './textbook.js';

/** The mean of the labels seen so far, without looking at the inputs; 0 before the first. */
export function mean(): Learner {
  return textbook('mean', predictMean);
}

function predictMean({ y, episodes, points }: Episodes): Float64Array {
  const values = new Float64Array(episodes * points);
  for (let e = 0; e < episodes; e++) {
    let sum = 0;
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      values[at] = k === 0 ? 0 : sum / k;
      sum += y[at]!;
    }
  }
  return values;
}
