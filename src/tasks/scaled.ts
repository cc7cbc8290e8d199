import type { Episodes, Learner } from '../core/episodes.js';
import { unsupported } from '../core/errors.js';
import type { Family, FamilySpec, ParseFamily, Task } from './family.js';
import { positive } from './options.js';
import { parseWrapper, withInputs, withLabels } from './wrapper.js';

const shape = {
  /** The factor. */
  by: positive,
};

/**
 * Inputs times a factor, labels those of the new inputs (Garg et al., arXiv 2208.01066: 1/3, 1/2, 2, 3; von Oswald et al.,
 * arXiv 2212.07677: 0.5 to 2).
 * @throws IcicleError (exit code 2) where an option is wrong.
 */
export function scaledInputs(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('scaled-inputs', shape, options, parse);
  return withInputs('scaled-inputs', own, of, (x) => x.map((value) => own.by * value));
}

/**
 * Labels without noise times a factor, which is what larger weights are wherever the task is linear in them; the noise stays
 * (Garg et al., arXiv 2208.01066: 1/3, 1/2, 2, 3; von Oswald et al., arXiv 2212.07677: 0.5 to 5; both without noise).
 * @throws IcicleError (exit code 2) where an option is wrong, or the labels are classes.
 */
export function scaledWeights(options: FamilySpec, parse: ParseFamily): Family {
  const { own, of } = parseWrapper('scaled-weights', shape, options, parse);
  const { by } = own;
  const { bayesUnder, risk, pool } = of;
  if (of.classes === true)
    throw unsupported(
      'of of family scaled-weights',
      of.name,
      'its labels are classes; set its own scale, or use scaled-inputs',
    );
  const times = (task: Task): Task => ({
    at: (x, from) => by * task.at(x, from),
    ...(task.weights === undefined ? {} : { weights: task.weights.map((w) => by * w) }),
  });
  return withLabels('scaled-weights', own, of, ({ task, ...rest }) => ({ ...rest, task: times(task) }), {
    sigma: of.sigma,
    pool: pool === undefined ? undefined : () => pool().map(times),
    bayes: of.sigma === 0 && of.bayes !== undefined ? () => rescaled(of.bayes!(), by) : undefined,
    bayesUnder: bayesUnder === undefined ? undefined : (sigma) => rescaled(bayesUnder(sigma / by), by),
    risk:
      risk === undefined
        ? undefined
        : (episodes) => risk(divided(episodes, by)).map((value) => by * by * value),
  });
}

/** What `learner` predicts of labels in another unit, `by` times as small. */
function rescaled(learner: Learner, by: number): Learner {
  return {
    ...learner,
    predict: async (episodes) => {
      const { values, variance, ...rest } = await learner.predict(divided(episodes, by));
      return {
        ...rest,
        values: values.map((value) => by * value),
        ...(variance === undefined ? {} : { variance: variance.map((value) => by * by * value) }),
      };
    },
  };
}

function divided({ truth, weights, noise, ...rest }: Episodes, by: number): Episodes {
  const over = (values: Float64Array) => values.map((value) => value / by);
  return {
    ...rest,
    y: over(rest.y),
    ...(truth === undefined ? {} : { truth: over(truth) }),
    ...(weights === undefined ? {} : { weights: over(weights) }),
    ...(noise === undefined ? {} : { noise: over(noise) }),
  };
}
