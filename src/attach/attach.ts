import { invalid, missing } from '../core/errors.js';
import { type Encoder, encode } from './encoder.js';
import { codingOf, type Label, targetsOf } from './targets.js';
import { type AttachedTask, makeTask, type Prediction } from './task.js';

export interface AttachOptions<Task extends 'classes' | 'numbers' = 'classes' | 'numbers'> {
  /** What labels are. */
  readonly task: Task;
  /** λ, in squared units of the vectors, or how it is chosen from the examples. Default `leave-one-out`. */
  readonly lambda?: 'leave-one-out' | number;
  /**
   * Of classes, what is solved: `logistic` regression of each class against the others by Newton's steps, which is as a rule the
   * more accurate with few examples, or `ridge` regression of ones and zeros, in closed form. Numbers are always ridge's.
   * Default `logistic`.
   */
  readonly solver?: 'logistic' | 'ridge';
  /** Whether there is a constant, without penalty. Default true. */
  readonly intercept?: boolean;
  /** Whether vectors are brought to length 1 first, as is usual for embeddings of texts. Default false. */
  readonly unit?: boolean;
  /** For tasks that drift: how much each example counts after another has come, 0…1. Default 1. */
  readonly forget?: number;
  /** How often intervals hold the truth. Default 0.9. */
  readonly level?: number;
}

/** Options with their defaults. */
export type Settings = Required<AttachOptions>;

/** A frozen encoder with the two layers on top: takes examples and predicts. */
export interface Attached<Input, Task extends 'classes' | 'numbers' = 'classes' | 'numbers'> {
  readonly name: string;
  readonly settings: Settings;
  /**
   * Learns a task from examples. Nothing of the encoder changes.
   * @throws IcicleError where there are fewer than two examples, one class only, or the encoder's output cannot be used
   */
  context(inputs: readonly Input[], labels: readonly Label[]): Promise<AttachedTask<Input, Prediction<Task>>>;
}

/**
 * Adds two layers to a frozen encoder, after which it learns in context: one pairs each example's vector with its label, one
 * solves for the linear model that the pairs have in common (ridge regression in closed form; of classes, logistic regression by
 * Newton's steps). Nothing is trained.
 * @throws IcicleError where an option is not what it can be
 */
export function attach<Input, Task extends 'classes' | 'numbers'>(
  encoder: Encoder<Input>,
  options: AttachOptions<Task>,
): Attached<Input, Task> {
  const settings = checked(options);
  return {
    name: `attach:${settings.lambda === 'leave-one-out' ? 'loo' : settings.lambda}`,
    settings,
    context: async (inputs, labels) => {
      if (inputs.length !== labels.length)
        throw invalid('labels', `${labels.length}`, `give one for each of the ${inputs.length} inputs`);
      if (inputs.length < 2) throw missing('examples', `at least 2 are needed, there are ${inputs.length}`);
      const coding = codingOf(settings.task, labels);
      const targets = targetsOf(coding, labels);
      const { rows, width, data } = await encode(encoder, inputs);
      const x = settings.unit ? toUnit(data, width) : data;
      const weight = Float64Array.from({ length: rows }, (_, i) => settings.forget ** (rows - 1 - i));
      const examples = { x, y: targets, weight, rows, width, outputs: coding.outputs };
      const encodeRows = async (more: readonly Input[]) => {
        const encoded = await encode(encoder, more, width);
        return settings.unit ? toUnit(encoded.data, width) : encoded.data;
      };
      return makeTask({ coding, settings, encodeRows }, examples) as AttachedTask<Input, Prediction<Task>>;
    },
  };
}

/** @throws IcicleError where an option is not what it can be */
export function checked(options: AttachOptions): Settings {
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

/** Vectors brought to length 1, those of zeros left as they are. */
export function toUnit(data: Float64Array, width: number): Float64Array {
  const out = data.slice();
  for (let start = 0; start < out.length; start += width) {
    const row = out.subarray(start, start + width);
    const most = row.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
    if (most === 0) continue;
    // Divided first, so that squares neither overflow nor vanish.
    for (let j = 0; j < width; j++) row[j]! /= most;
    const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    for (let j = 0; j < width; j++) row[j]! /= length;
  }
  return out;
}
