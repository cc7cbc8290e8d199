import type { Learner } from '../core/episodes.js';
import type { Measurement } from '../core/measurement.js';
import { specHash } from '../core/spec.js';
import { BASELINES, frozenContender, textbookContender } from './contenders.js';
import { holdout } from './holdout.js';
import type { Splits } from './splits.js';
import type { TableTask } from './task.js';

/**
 * Holds a learner against the mean, nearest neighbours, least squares and ridge on labelled rows of the task that none of
 * them is shown. Rows of every learner and metric: `rmse` and `mae` in the units of the target, `r2`, and `rmse-ratio` to
 * `ridge:loo`, each with a paired 90 % interval.
 * @param options.spec a hash that the rows carry, by default that of table, target, splits and seed
 * @throws IcicleError: splits that cannot be, too few labelled rows, predictions that are not finite
 */
export async function compareTask(
  task: TableTask,
  learner: Learner,
  splits: Splits,
  options: { readonly spec?: string; readonly progress?: (done: number, total: number) => void } = {},
): Promise<Measurement[]> {
  const { source, scan, target, seed } = task;
  return holdout({
    source,
    scan,
    target,
    contenders: [...BASELINES.map(textbookContender), frozenContender(learner)],
    ...splits,
    seed,
    spec: options.spec ?? specHash({ table: source.name, target, learner: learner.name, splits, seed }),
    ...(options.progress === undefined ? {} : { progress: options.progress }),
  });
}
