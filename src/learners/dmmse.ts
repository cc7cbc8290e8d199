import type { Learner } from '../core/episodes.js';
import { checkFromZero } from './checks.js';
import type { TaskPool } from './pool.js';
import { posteriorMean } from './posterior.js';

export interface DmmseOptions {
  readonly pool: TaskPool;
  /** Standard deviation σ of the label noise; with 0 this is `bestOfPool`. */
  readonly sigma: number;
}

/**
 * The posterior mean over a pool of tasks, each as likely as any other before the first example: weights
 * softmax(−Σ(y − f_i(x))²/(2σ²)) on the pool's predictions f_i(x) ("dMMSE", Raventós et al., arXiv 2306.15063, §2). The
 * first prediction is the pool's mean.
 * @throws IcicleError where σ is below 0; while predicting, where the pool is empty.
 */
export function dmmse(options: DmmseOptions): Learner {
  const { pool, sigma } = options;
  checkFromZero('noise σ', sigma);
  return posteriorMean('dmmse', { tasks: pool }, sigma);
}

/**
 * The task of a pool that fits the examples so far with the least squared error, the mean of those where several do;
 * before the first example the mean of all. It is dMMSE as σ goes to 0, and what a learner that only recalls can do best
 * (Garg et al., arXiv 2208.01066, take the nearest of the tasks seen in training as the measure of memorising).
 * @throws IcicleError while predicting, where the pool is empty.
 */
export function bestOfPool(options: { readonly pool: TaskPool }): Learner {
  const limit = dmmse({ ...options, sigma: 0 });
  return {
    name: 'best-of-pool',
    // Of the limit the values alone: it would be certain of its task under any noise.
    predict: async (asked) => {
      const { values, episodes, points } = await limit.predict(asked);
      return { values, episodes, points };
    },
  };
}
