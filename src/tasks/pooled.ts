import { z } from 'zod';
import { unsupported } from '../core/errors.js';
import { random } from '../core/random.js';
import { posteriorMean } from '../learners/posterior.js';
import { type Family, type FamilySpec, makeFamily, type ParseFamily, type Task } from './family.js';
import { seedOption } from './options.js';
import { parseWrapper } from './wrapper.js';

const shape = {
  /** M, tasks in the pool. */
  tasks: z
    .int()
    .min(1)
    .max(2 ** 22)
    .default(1024),
  /** Seed of the pool: the same seed and inner family give the same tasks. */
  seed: seedOption,
};

export type PooledFamily = Family & { pool(): readonly Task[] };

/**
 * M fixed tasks, drawn once from the wrapped family by `seed`; each episode takes one of them, all as likely, with inputs and
 * noise of the wrapped family (Raventós et al., arXiv 2306.15063: M from 1 to 2^20 over `{"family": "linear", "inputs": 8,
 * "noise": 0.5}`). Task i is the same in pools of every size. Bayes: the posterior mean over the pool, dMMSE.
 * @throws IcicleError (exit code 2) where an option is wrong, or the wrapped family draws its inputs for its own task.
 */
export function pooled(options: FamilySpec, parse: ParseFamily): PooledFamily {
  const { own, of } = parseWrapper('pooled', shape, options, parse);
  if (of.entangled === 'inputs')
    throw unsupported(
      'of of family pooled',
      of.name,
      'it draws inputs for its own task; set positive to 0 in it',
    );
  let tasks: Task[] | undefined;
  const pool = () =>
    (tasks ??= Array.from({ length: own.tasks }, (_, i) => of.episode(1, random(own.seed, 'pool', i)).task));
  const family = makeFamily({
    name: `pooled(${of.name})`,
    spec: { family: 'pooled', ...own, of: of.spec },
    inputs: of.inputs,
    classes: of.classes,
    asked: of.asked,
    sigma: of.sigma,
    episode: (points, stream) => {
      const task = pool()[stream.integer(own.tasks)]!;
      return { ...of.episode(points, stream), task };
    },
    pool,
    bayesUnder: (sigma) => posteriorMean('bayes', { tasks: pool, classes: of.classes }, sigma),
  });
  return { ...family, pool };
}
