import { invalid, missing } from '../core/errors.js';
import { checkEncoder, checkList, checkMagnitude, checkNotTiny, type Encoder, encode } from './encoder.js';
import type { Prediction } from './prediction.js';
import { type AttachOptions, checked, type Settings } from './settings.js';
import { codingOf, type Label, targetsOf } from './targets.js';
import { type AttachedTask, makeTask } from './task.js';

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
  checkEncoder(encoder);
  const settings = checked(options);
  return {
    name: `attach:${settings.lambda === 'leave-one-out' ? 'loo' : settings.lambda}`,
    settings,
    context: async (inputs, labels) => {
      checkList('inputs', inputs);
      checkList('labels', labels);
      if (inputs.length !== labels.length)
        throw invalid('labels', `${labels.length}`, `give one for each of the ${inputs.length} inputs`);
      if (inputs.length < 2) throw missing('examples', `at least 2 are needed, there are ${inputs.length}`);
      const coding = codingOf(settings.task, labels);
      const targets = targetsOf(coding, labels);
      const { rows, width, data } = await encode(encoder, inputs);
      const scaled = (vectors: Float64Array) =>
        settings.unit ? toUnit(vectors, width) : checkMagnitude(vectors);
      if (!settings.unit) checkNotTiny(data);
      const x = scaled(data);
      const weight = Float64Array.from({ length: rows }, (_, i) => settings.forget ** (rows - 1 - i));
      const examples = { x, y: targets, weight, rows, width, outputs: coding.outputs };
      const encodeRows = async (more: readonly Input[]) => scaled((await encode(encoder, more, width)).data);
      return makeTask({ coding, settings, encodeRows }, examples) as AttachedTask<Input, Prediction<Task>>;
    },
  };
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
