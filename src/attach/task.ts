import { invalid, missing } from '../core/errors.js';
import { type Answer, ask, asking, leaveOneOut } from './ask.js';
import { type Audit, auditOf } from './audit.js';
import { averagedWidths, type Widths } from './average.js';
import { chooseLambda } from './choose.js';
import { checkList } from './encoder.js';
import type { Examples } from './examples.js';
import { explainer, type Influence } from './influence.js';
import { firstWeight, logistic } from './logistic.js';
import { type AttachedClass, type AttachedNumber, classOf, numberOf } from './prediction.js';
import { classQuality, numberQuality, type Quality } from './quality.js';
import type { Settings } from './settings.js';
import { add, remove, type Solution, solve } from './solution.js';
import { type Coding, type Label, targetsOf } from './targets.js';
import { chooseSharpness, isTold, radii } from './trust.js';

/** A task learned from examples. It does not change: what adds or removes examples gives another. */
export interface AttachedTask<Input, P = AttachedClass | AttachedNumber> {
  readonly examples: number;
  /** λ of the solver, in squared units of the vectors (of logistic regression: of Σ log(1 + exp(∓f)) + (λ/2)|w|²). */
  readonly lambda: number;
  /** Names of the classes, in the order of outputs; none for numbers. */
  readonly classes: readonly string[];
  /** How good predictions of examples from the others are; where examples are forgotten, by weight. */
  readonly leaveOneOut: Quality;
  predict(inputs: readonly Input[]): Promise<P[]>;
  /** Leverage and influence of each example on each prediction, [inputs][examples]. */
  explain(inputs: readonly Input[]): Promise<Influence[][]>;
  /**
   * With more examples, each a rank-one update at the same λ; solved anew when their number has grown by a quarter (λ is then
   * chosen again, where it is chosen), and always where examples are forgotten.
   */
  add(inputs: readonly Input[], labels: readonly Label[]): Promise<AttachedTask<Input, P>>;
  /**
   * Without the examples at these indices, each a rank-one down-date.
   * @throws IcicleError where fewer than two examples, or of classes fewer than two, would be left
   */
  remove(indices: readonly number[]): AttachedTask<Input, P>;
  /** Solved anew, with λ chosen again: what beginning again with the same examples gives. */
  retune(): AttachedTask<Input, P>;
  /** How far this is from the textbook's solution of the same examples, and how well the problem is conditioned. */
  audit(): Audit;
}

/** What does not change from one set of examples to another. */
export interface Setting<Input> {
  readonly coding: Coding;
  readonly settings: Settings;
  readonly encodeRows: (inputs: readonly Input[]) => Promise<Float64Array>;
}

/** Grown by this factor since λ was chosen, it is chosen again. */
const GROWN = 1.25;

export function makeTask<Input>(setting: Setting<Input>, given: Examples): AttachedTask<Input> {
  const examples = remembered(given);
  const { intercept, lambda, solver } = setting.settings;
  const share = solver === 'logistic' ? firstWeight(examples.y, examples.outputs) || 1 : 1;
  const choice =
    lambda === 'leave-one-out' ? chooseLambda(examples, intercept, setting.coding.kind) : undefined;
  const chosen = choice?.lambda ?? (lambda as number) / share;
  const solution = solve(examples, { lambda: chosen, intercept });
  const widths = choice && lazily(() => averagedWidths(examples, setting.settings, choice.spectrum));
  return taskOf(setting, { solution, lambda: chosen * share, tuned: examples.rows, widths });
}

/** A solution and what belongs to it. */
interface Fit {
  /** Ridge's. */
  readonly solution: Solution;
  /** The solver's λ. */
  readonly lambda: number;
  /** How many examples there were when it was last solved from nothing. */
  readonly tuned: number;
  /** Where λ was chosen then: how far predictions may be off if it is not known. */
  readonly widths: (() => Widths) | undefined;
}

/** What is computed when it is first asked for, and once. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function taskOf<Input>(setting: Setting<Input>, fit: Fit): AttachedTask<Input> {
  const { coding, settings, encodeRows } = setting;
  const { solution, lambda, widths } = fit;
  const { examples } = solution;
  // Needed only where something is asked: examples that stream in are then cheap.
  const left = lazily(() => leaveOneOut(solution));
  const curve = lazily(() => (settings.solver === 'logistic' ? logistic(solution, lambda) : undefined));
  const leftScores = lazily(() => curve()?.leftOut ?? examples.y.map((y, at) => y - left().residuals[at]!));
  const sharpness = lazily(() => chooseSharpness(leftScores(), examples.y, coding.outputs, examples.weight));
  const { weight } = examples;
  const told = isTold(examples, settings.level);
  const radius = lazily(() => radii(left(), examples.y, { ...settings, lambda, weight, told }));
  const widthsOf = (row: Float64Array, { values, growth }: Answer): Float64Array => {
    const half = radius().map((own) => own * Math.sqrt(growth));
    if (told || widths === undefined) return half;
    return widths()(row, values).map((other, k) => Math.max(half[k]!, other));
  };
  const asked = lazily(() => asking(solution));
  const rowsOf = async (inputs: readonly Input[]) => {
    checkList('inputs', inputs);
    const rows = await encodeRows(inputs);
    return inputs.map((_, i) => rows.subarray(i * examples.width, (i + 1) * examples.width));
  };
  const explained = lazily(() => explainer(solution, curve()));
  return {
    examples: examples.rows,
    lambda,
    classes: coding.kind === 'classes' ? coding.classes : [],
    get leaveOneOut() {
      return coding.kind === 'classes'
        ? classQuality(leftScores(), examples, sharpness())
        : numberQuality(left(), examples);
    },
    predict: async (inputs) =>
      (await rowsOf(inputs)).map((row) => {
        const answer = ask(asked(), row);
        if (coding.kind === 'numbers') return numberOf(answer, widthsOf(row, answer));
        const scores = curve() === undefined ? answer.values : combined(answer.row, curve()!.coefficients);
        return classOf(coding.classes, scores, answer.known, sharpness());
      }),
    explain: async (inputs) => (await rowsOf(inputs)).map((row) => explained()(row)),
    add: async (inputs, labels) => {
      checkList('inputs', inputs);
      checkList('labels', labels);
      if (inputs.length !== labels.length)
        throw invalid('labels', `${labels.length}`, `give one for each of the ${inputs.length} inputs`);
      const targets = targetsOf(coding, labels);
      return grown(setting, fit, await encodeRows(inputs), targets);
    },
    remove: (indices) => {
      checkList('indices', indices);
      for (const index of indices)
        if (!Number.isInteger(index) || index < 0 || index >= examples.rows)
          throw invalid('example', index, `there are ${examples.rows}, counted from 0`);
      const gone = new Set(indices);
      const falling = [...gone].sort((a, b) => b - a);
      if (coding.kind === 'classes') checkTwoStay(examples, gone);
      const solution = falling.reduce(remove, fit.solution);
      // An example that is taken back, because it was wrong or is old, must not go on to say how far off predictions are.
      const widths = fit.widths && lazily(() => averagedWidths(solution.examples, settings));
      return taskOf(setting, { ...fit, solution, widths });
    },
    retune: () => makeTask(setting, examples),
    audit: () => auditOf(solution, curve()),
  };
}

/** @throws IcicleError where two classes would become one; where examples are forgotten there may be one anyway */
function checkTwoStay({ y, rows, outputs }: Examples, gone: ReadonlySet<number>): void {
  const classes = Array.from({ length: rows }, (_, i) =>
    y.subarray(i * outputs, (i + 1) * outputs).indexOf(1),
  );
  const kept = classes.filter((_, i) => !gone.has(i));
  if (kept.length > 1 && new Set(kept).size < 2 && new Set(classes).size > 1)
    throw missing(
      'examples',
      'at least one of each of two classes must stay: with one class there is nothing to tell apart',
    );
}

/** Coefficients [n,K] by the row of a query [n]. */
function combined(row: Float64Array, coefficients: Float64Array): Float64Array {
  const outputs = coefficients.length / row.length;
  const values = new Float64Array(outputs);
  for (let j = 0; j < row.length; j++)
    for (let k = 0; k < outputs; k++) values[k]! += row[j]! * coefficients[j * outputs + k]!;
  return values;
}

function grown<Input>(
  setting: Setting<Input>,
  { solution, lambda, tuned, widths }: Fit,
  rows: Float64Array,
  targets: Float64Array,
): AttachedTask<Input> {
  const { examples } = solution;
  const { width, outputs } = examples;
  const { forget } = setting.settings;
  const added = targets.length / outputs;
  const total = examples.rows + added;
  if (forget < 1 || total > GROWN * tuned) {
    const y = new Float64Array(total * outputs);
    const x = new Float64Array(total * width);
    const weight = new Float64Array(total);
    x.set(examples.x);
    x.set(rows, examples.x.length);
    y.set(examples.y);
    y.set(targets, examples.y.length);
    weight.fill(1);
    if (forget < 1) {
      for (let i = 0; i < examples.rows; i++) weight[i] = examples.weight[i]! * forget ** added;
      for (let i = 0; i < added; i++) weight[examples.rows + i] = forget ** (added - 1 - i);
    }
    return makeTask(setting, { ...examples, rows: total, x, y, weight });
  }
  let next = solution;
  for (let i = 0; i < added; i++)
    next = add(
      next,
      rows.subarray(i * width, (i + 1) * width),
      targets.subarray(i * outputs, (i + 1) * outputs),
    );
  return taskOf(setting, { solution: next, lambda, tuned, widths });
}

/** An example that counts less than this is forgotten: together they would not change a digit of float64 that is left. */
const FORGOTTEN = 1e-12;

/** Examples without those that are forgotten; they are the oldest, and so the first. */
function remembered(examples: Examples): Examples {
  const { x, y, weight, rows, width, outputs } = examples;
  const first = Math.min(
    weight.findIndex((value) => value > FORGOTTEN),
    rows - 2,
  );
  if (first <= 0) return examples;
  return {
    ...examples,
    rows: rows - first,
    x: x.slice(first * width),
    y: y.slice(first * outputs),
    weight: weight.slice(first),
  };
}
