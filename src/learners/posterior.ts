import type { Episodes, Learner } from '../core/episodes.js';
import { type PoolTask, type TaskPool, tasksOf } from './pool.js';
import { textbook } from './textbook.js';

/** Finitely many tasks, one of which the labels come from. */
export interface Hypotheses {
  /** A function is called on first use. */
  readonly tasks: TaskPool;
  /** log of each task's prior probability, up to a constant; all alike where absent. */
  readonly logPrior?: Float64Array;
  /** log density of an input under task i, which labels it `value`, up to a constant; alike where absent. */
  readonly logInput?: (i: number, value: number) => number;
  /** Whether labels without noise are −1 or 1. */
  readonly classes?: boolean | undefined;
}

/** Without noise, tasks fit alike where their sums of squared errors differ by less than this share of the labels'. */
const ALIKE = 1e-16;
/** Tasks with less than e^−50 of the best one's probability are left out of the mean: all together they could not be seen. */
const HOPELESS = 50;

/**
 * The posterior mean over finitely many tasks, log-weights −Σ(y − f_i(x))²/2σ² and the prior's (the discrete minimum mean
 * squared error predictor of Raventós et al., arXiv 2306.15063, §2). Without noise the mean over the tasks that fit the
 * examples best. Before the first example it is the prior mean. With it comes the label's variance, σ² and that of the
 * tasks' answers; of classes without noise the mean says it all. O(M) tasks a point, each task's errors being summed up as
 * examples come.
 * @param hypotheses a function is called on first use
 * @throws IcicleError while predicting, where there is no task
 */
export function posteriorMean(
  name: string,
  hypotheses: Hypotheses | (() => Hypotheses),
  sigma: number,
): Learner {
  return textbook(name, (episodes) => {
    const known = typeof hypotheses === 'function' ? hypotheses() : hypotheses;
    return predictPosterior(episodes, tasksOf(known.tasks), known, sigma);
  });
}

function predictPosterior(
  { x, y, episodes, points, inputs }: Episodes,
  tasks: readonly PoolTask[],
  { logPrior, logInput, classes }: Hypotheses,
  sigma: number,
) {
  const values = new Float64Array(episodes * points);
  const variance = new Float64Array(episodes * points);
  const errors = new Float64Array(tasks.length); // Σ(y − f_i(x))²
  const logs = new Float64Array(tasks.length);
  const scores = new Float64Array(tasks.length);
  const answers = new Float64Array(tasks.length);
  const twice = 2 * sigma * sigma;
  for (let e = 0; e < episodes; e++) {
    errors.fill(0);
    if (logPrior === undefined) logs.fill(0);
    else logs.set(logPrior);
    let squares = 0; // Σy²
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      let [best, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      for (let i = 0; i < tasks.length; i++) least = Math.min(least, errors[i]!);
      for (let i = 0; i < tasks.length; i++) {
        const answer = tasks[i]!.at(x, at * inputs);
        answers[i] = answer;
        if (logInput !== undefined) logs[i] = logs[i]! + logInput(i, answer);
        const behind = errors[i]! - least;
        const score = logs[i]! - (behind <= ALIKE * squares ? 0 : behind / twice);
        scores[i] = score;
        if (score > best) best = score;
      }
      let [sum, total] = [0, 0];
      for (let i = 0; i < tasks.length; i++) {
        const answer = answers[i]!;
        const behind = best - scores[i]!;
        const weight = behind < HOPELESS ? Math.exp(-behind) : 0;
        scores[i] = weight;
        if (weight > 0) {
          sum += weight * answer;
          total += weight;
        }
        errors[i] = errors[i]! + (y[at]! - answer) ** 2;
      }
      squares += y[at]! * y[at]!;
      const value = sum / total;
      values[at] = value;
      let between = 0;
      for (let i = 0; i < tasks.length; i++)
        if (scores[i]! > 0) between += scores[i]! * (answers[i]! - value) ** 2;
      variance[at] = sigma * sigma + between / total;
    }
  }
  return classes === true && sigma === 0 ? { values, classes } : { values, variance };
}
