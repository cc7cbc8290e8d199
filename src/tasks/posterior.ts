import type { Episodes, Learner } from '../core/episodes.js';
import { textbook } from '../learners/index.js';
import type { Task } from './family.js';

/** Finitely many tasks, one of which the labels come from. */
export interface Hypotheses {
  readonly tasks: readonly Task[];
  /** log of each task's prior probability, up to a constant; all alike where absent. */
  readonly logPrior?: Float64Array;
  /** log density of an input under task i, which labels it `value`, up to a constant; alike where absent. */
  readonly logInput?: (i: number, value: number) => number;
}

/** Without noise, labels and tasks agree where they differ by less than this share of the labels seen. */
const EXACT = 1e-8;
/** Tasks with less than e^−50 of the best one's probability are left out of the mean: all together they could not be seen. */
const HOPELESS = 50;

/**
 * The posterior mean over finitely many tasks, log-weights −Σ(y − f_i(x))²/2σ² and the prior's: the discrete minimum mean
 * squared error predictor (dMMSE) of Raventós et al., arXiv 2306.15063, §2. Without noise the mean over the tasks that
 * agree with every label, or nearest do. Before the first example it is the prior mean. `hypotheses` is called on first use.
 */
export function posteriorMean(hypotheses: () => Hypotheses, sigma: number): Learner {
  return textbook('bayes', (episodes) => predictPosterior(episodes, hypotheses(), sigma));
}

function predictPosterior(
  { x, y, episodes, points, inputs }: Episodes,
  { tasks, logPrior, logInput }: Hypotheses,
  sigma: number,
): Float64Array {
  const values = new Float64Array(episodes * points);
  const errors = new Float64Array(tasks.length); // Σ(y − f_i(x))²
  const logs = new Float64Array(tasks.length);
  const scores = new Float64Array(tasks.length);
  const predicted = new Float64Array(tasks.length);
  for (let e = 0; e < episodes; e++) {
    errors.fill(0);
    if (logPrior === undefined) logs.fill(0);
    else logs.set(logPrior);
    let squares = 0;
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      const variance = Math.max(sigma * sigma, EXACT * EXACT * squares, Number.MIN_VALUE);
      let [best, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let i = 0; i < tasks.length; i++) least = Math.min(least, errors[i]!);
      for (let i = 0; i < tasks.length; i++) {
        const value = tasks[i]!.at(x, at * inputs);
        predicted[i] = value;
        if (logInput !== undefined) logs[i] = logs[i]! + logInput(i, value);
        const score = logs[i]! - (errors[i] === least ? 0 : (errors[i]! - least) / (2 * variance));
        scores[i] = score;
        if (score > best) best = score;
      }
      let [sum, total] = [0, 0];
      for (let i = 0; i < tasks.length; i++) {
        const behind = best - scores[i]!;
        if (behind < HOPELESS) {
          const weight = Math.exp(-behind);
          sum += weight * predicted[i]!;
          total += weight;
        }
        const error = y[at]! - predicted[i]!;
        errors[i] = errors[i]! + error * error;
      }
      squares += y[at]! * y[at]!;
      values[at] = sum / total;
    }
  }
  return values;
}
