import { invalid, missing, usageError } from '../core/errors.js';

/** What is learned: one number, several of them, or a class. */
export type Label = number | readonly number[] | string | boolean;

/** How labels are targets. */
export type Coding =
  | { readonly kind: 'numbers'; readonly outputs: number; readonly single: boolean }
  | {
      readonly kind: 'classes';
      readonly outputs: number;
      readonly classes: readonly string[];
      readonly type: string;
    };

/**
 * The coding of a task's labels; classes in the order of their first example.
 * @throws IcicleError where there is no label, one class only, or a label is of another kind than the task
 */
export function codingOf(task: 'classes' | 'numbers', labels: readonly Label[]): Coding {
  const [first] = labels;
  if (labels.length === 0) throw missing('examples', 'give at least 2, each with its label');
  if (task === 'classes') {
    checkClasses(labels, typeof labels[0]);
    const classes = [...new Set(labels.map(String))];
    if (classes.length < 2)
      throw usageError(
        `invalid labels: all of them are "${classes[0]}": with one class there is nothing to tell apart; give examples of two or more`,
      );
    return { kind: 'classes', outputs: classes.length, classes, type: typeof first };
  }
  const single = typeof first === 'number';
  if (!single && !Array.isArray(first))
    throw invalid(
      'label of example 0',
      shown(first),
      'the task is of numbers; for words use the task classes',
    );
  const outputs = single ? 1 : (first as readonly number[]).length;
  if (outputs === 0) throw invalid('label of example 0', '[]', 'give at least one number');
  return { kind: 'numbers', outputs, single };
}

/** @throws IcicleError where a label is missing, no name of a class, or of another type than the others */
function checkClasses(labels: readonly unknown[], type: string): void {
  for (const [row, label] of labels.entries()) {
    const can =
      typeof label === 'number' ? Number.isFinite(label) : ['string', 'boolean'].includes(typeof label);
    if (!can)
      throw invalid(
        `label of example ${row}`,
        shown(label),
        'a class is a string, a finite number or a boolean; leave out examples whose label is missing',
      );
    if (typeof label !== type)
      throw invalid(
        `label of example ${row}`,
        shown(label),
        `it is a ${typeof label}, others are a ${type}; give all classes as one type`,
      );
  }
}

/** A label in a message, whatever it is. */
const shown = (label: unknown): unknown =>
  label === null || typeof label !== 'object' ? label : Array.isArray(label) ? `[${label}]` : 'an object';

/**
 * Labels as targets, [N,K]: numbers as they are, classes as ones and zeros.
 * @throws IcicleError where a label does not fit the coding
 */
export function targetsOf(coding: Coding, labels: readonly Label[]): Float64Array {
  const { outputs } = coding;
  const targets = new Float64Array(labels.length * outputs);
  if (coding.kind === 'classes') checkClasses(labels, coding.type);
  for (const [row, label] of labels.entries()) {
    if (coding.kind === 'classes') {
      const at = coding.classes.indexOf(String(label));
      if (at < 0)
        throw invalid(
          `label of example ${row}`,
          label,
          `classes of this task are ${coding.classes.join(', ')}; for a new class begin again with context()`,
        );
      targets[row * outputs + at] = 1;
      continue;
    }
    const numbers = coding.single ? [label as number] : (label as readonly number[]);
    if (!Array.isArray(numbers) || numbers.length !== outputs || !Array.from(numbers).every(Number.isFinite))
      throw invalid(
        `label of example ${row}`,
        shown(label),
        coding.single ? 'it must be a finite number' : `it must be ${outputs} finite numbers`,
      );
    targets.set(numbers, row * outputs);
  }
  return targets;
}
