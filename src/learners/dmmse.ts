import type { Episodes, Learner } from '../core/episodes.js';
import { checkFromZero } from './checks.js';
import { type PoolTask, type TaskPool, tasksOf } from './pool.js';
import { textbook } from './textbook.js';

export interface DmmseOptions {
  readonly pool: TaskPool;
  /** Standard deviation σ of the label noise; with 0 this is `bestOfPool`. */
  readonly sigma: number;
}

/** Without noise, tasks fit alike where their sums of squared errors differ by less than this share of the labels'. */
const ALIKE = 1e-16;

/**
 * The posterior mean over a pool of tasks, each as likely as any other before the first example: weights
 * softmax(−Σ(y − f_i(x))²/(2σ²)) on the pool's predictions f_i(x) ("dMMSE", Raventós et al., arXiv 2306.15063, §2). The
 * first prediction is the pool's mean. O(M) tasks a point, each task's errors being summed up as examples come.
 * @throws IcicleError where σ is below 0; while predicting, where the pool is empty.
 */
export function dmmse(options: DmmseOptions): Learner {
  const { pool, sigma } = options;
  checkFromZero('noise σ', sigma);
  return textbook('dmmse', (episodes) => predictPool(episodes, tasksOf(pool), sigma));
}

/**
 * The task of a pool that fits the examples so far with the least squared error, the mean of those where several do;
 * before the first example the mean of all. It is dMMSE as σ goes to 0, and what a learner that only recalls can do best
 * (Garg et al., arXiv 2208.01066, take the nearest of the tasks seen in training as the measure of memorising).
 * @throws IcicleError while predicting, where the pool is empty.
 */
export function bestOfPool(options: { readonly pool: TaskPool }): Learner {
  return { ...dmmse({ ...options, sigma: 0 }), name: 'best-of-pool' };
}

function predictPool(episodes: Episodes, tasks: readonly PoolTask[], sigma: number): Float64Array {
  const { x, y, points, inputs } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const errors = new Float64Array(tasks.length); // Σ(y − f_i(x))²
  for (let e = 0; e < episodes.episodes; e++) {
    errors.fill(0);
    let squares = 0; // Σy²
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      const label = y[at]!;
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < tasks.length; i++) least = Math.min(least, errors[i]!);
      let sum = 0;
      let total = 0;
      for (let i = 0; i < tasks.length; i++) {
        const answer = tasks[i]!.at(x, at * inputs);
        const behind = errors[i]! - least;
        const share =
          behind <= ALIKE * squares ? 1 : sigma === 0 ? 0 : Math.exp(-behind / (2 * sigma * sigma));
        sum += share * answer;
        total += share;
        errors[i] = errors[i]! + (label - answer) ** 2;
      }
      squares += label * label;
      values[at] = sum / total;
    }
  }
  return values;
}
