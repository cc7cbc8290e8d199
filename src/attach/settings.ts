import { invalid, missing } from '../core/errors.js';

export interface AttachOptions<Task extends 'classes' | 'numbers' = 'classes' | 'numbers'> {
  /** What labels are. */
  readonly task: Task;
  /** λ, in squared units of the vectors, or how it is chosen from the examples. Default `leave-one-out`. */
  readonly lambda?: 'leave-one-out' | number;
  /**
   * Of classes, what is solved: `logistic` regression of each class against the others by Newton's steps, or `ridge` regression of
   * ones and zeros, in closed form. Numbers are always ridge's. Default `logistic`, chosen on the digits of docs/attach.md.
   */
  readonly solver?: 'logistic' | 'ridge';
  /** Whether there is a constant, without penalty. Default true. */
  readonly intercept?: boolean;
  /** Whether vectors are brought to length 1 first, as is usual for embeddings of texts. Default false. */
  readonly unit?: boolean;
  /** For tasks that drift: how much each example counts after another has come, 0…1. Default 1. */
  readonly forget?: number;
  /** How often intervals are to hold the truth. Default 0.9. */
  readonly level?: number;
}

/** Options with their defaults. */
export type Settings = Required<AttachOptions>;

/** @throws IcicleError where an option is not what it can be */
export function checked(options: AttachOptions): Settings {
  if (typeof options !== 'object' || options === null)
    throw missing('options', "say at least what labels are, such as { task: 'classes' }");
  const {
    task,
    lambda = 'leave-one-out',
    solver = 'logistic',
    intercept = true,
    unit = false,
    forget = 1,
    level = 0.9,
  } = options;
  if (task !== 'classes' && task !== 'numbers') throw invalid('task', task, 'use classes or numbers');
  if (lambda !== 'leave-one-out' && !(lambda > 0 && lambda < Number.POSITIVE_INFINITY))
    throw invalid('λ', lambda, 'it must be leave-one-out or a number greater than 0');
  if (!(forget > 0 && forget <= 1))
    throw invalid('forget', forget, 'it must be greater than 0 and at most 1');
  if (!(level > 0 && level < 1)) throw invalid('level', level, 'it must be between 0 and 1, such as 0.9');
  if (solver !== 'logistic' && solver !== 'ridge') throw invalid('solver', solver, 'use logistic or ridge');
  return { task, lambda, solver: task === 'numbers' ? 'ridge' : solver, intercept, unit, forget, level };
}
