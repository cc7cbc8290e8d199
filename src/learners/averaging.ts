import type { Learner } from '../core/episodes.js';
import { momentLearner } from './moments.js';

/**
 * Averaging, w = (1/n) Σ y_i x_i: what least squares would be if the examples had no correlations (Garg et al.,
 * arXiv 2208.01066, §3). For x, w ~ N(0, I) without noise its expected squared error is d(d + 1)/n.
 */
export function averaging(): Learner {
  return momentLearner('averaging', () => ({ examples, moment }, w) => {
    for (let j = 0; j < w.length; j++) w[j] = moment[j]! / examples;
  });
}
