import type { TaskFamily } from '../core/episodes.js';
import { missing } from '../core/errors.js';

/** One of the tasks of a pool: a function of the inputs. */
export interface PoolTask {
  /** The label without noise of the input that begins at `from` in `x`. */
  at(x: Float64Array, from: number): number;
}

/** Tasks that are fixed, of which each episode has one. A function is called on first use. */
export type TaskPool = readonly PoolTask[] | (() => readonly PoolTask[]);

/** A family whose tasks come from a pool: what `dmmse` and `best-of-pool` need when they are asked for by name. */
export type PoolFamily = TaskFamily & {
  readonly pool: () => readonly PoolTask[];
  /** Standard deviation of its label noise, where that has one size. */
  readonly sigma?: number | undefined;
};

export function hasPool(family: TaskFamily): family is PoolFamily {
  return 'pool' in family && typeof family.pool === 'function';
}

/** The pool of linear tasks wᵀx from their weights [M,D]. */
export function linearPool(weights: Float64Array, inputs: number): PoolTask[] {
  return Array.from({ length: weights.length / inputs }, (_, i) => ({
    at: (x, from) => {
      let value = 0;
      for (let j = 0; j < inputs; j++) value += weights[i * inputs + j]! * x[from + j]!;
      return value;
    },
  }));
}

/** @throws IcicleError where the pool is empty. */
export function tasksOf(pool: TaskPool): readonly PoolTask[] {
  const tasks = typeof pool === 'function' ? pool() : pool;
  if (tasks.length === 0) throw missing('task of a pool', 'a pool has at least one');
  return tasks;
}
