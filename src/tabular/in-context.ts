import { random } from '../core/random.js';
import type { Cells } from './cells/encode.js';
import type { MemberAnswers } from './ensemble/context.js';
import {
  askFolds,
  type Ensemble,
  type Fold,
  type FrozenTables,
  joined,
  learnEnsemble,
} from './ensemble/ensemble.js';
import type { Examples } from './ensemble/examples.js';
import { fitHead, type Head } from './heads/head.js';
import { blendClasses, type ClassBlend, fitClassBlend, setThreshold } from './trust/classes.js';
import { type Constant, constantOf } from './trust/constant.js';
import { foldsOf } from './trust/folds.js';
import { blendNumbers, fitNumberBlend, intervalMargin, type NumberBlend } from './trust/numbers.js';
import {
  classLosses,
  classQuality,
  clearlyWorse,
  numberLosses,
  numberQuality,
  type Quality,
} from './trust/quality.js';

export interface InContextOptions {
  /** Views of the table whose answers are averaged. */
  readonly members: number;
  /** Folds of the cross-validation inside the context, and the views of each. */
  readonly folds: number;
  readonly foldMembers: number;
  /** Labelled rows and columns that one view holds at most. */
  readonly rows: number;
  readonly columns: number;
  /** What intervals and sets of classes hold the truth with, such as 0.9. */
  readonly level: number;
  readonly seed: number;
  /** Told after each pass how many of all views the network has read. */
  readonly progress?: (done: number, total: number) => void;
}

export const IN_CONTEXT: InContextOptions = {
  members: 4,
  folds: 5,
  foldMembers: 2,
  rows: 512,
  columns: 32,
  level: 0.9,
  seed: 1,
};

/** A table that was learned in context: no parameter of the network changed. */
export interface InContext {
  /** How good predictions are, from labelled rows that were asked before their label was used; none where that cannot be. */
  readonly quality: Quality | undefined;
  /** Share of the network in the predictions; the rest is the head's. */
  readonly share: number;
  /** What logarithms of probabilities are divided by: more than 1 makes predictions less certain, less than 1 more. */
  readonly temperature: number;
  /** Why the predictions are the constant alone, where they are. */
  readonly fallback: string | undefined;
  /** Of classes: the least probability of a class in a prediction set; of numbers: what intervals are widened by. */
  readonly threshold: number | undefined;
  readonly margin: number | undefined;
  /** Memory of the context. */
  readonly bytes: number;
  /** Probabilities of the classes [A,K] or quantiles of the number [A,Q], and how rows leaned on the labelled ones [A,N]. */
  predict(cells: Pick<Cells, 'rows' | 'x'>): Promise<MemberAnswers>;
}

/** Of exponents that are all 0, the predictions being nothing but even. */
const LEAST_WEIGHT = 1e-3;
/** Fewer held-out labels than this say nothing about a fallback. */
const ENOUGH = 10;

/**
 * Learns a table from labelled rows: the network reads them in several views; cross-validation in the context, in which folds
 * are one more batch, says how to blend it with a linear head, how sure to be, and how good that is.
 */
export async function learnInContext(
  frozen: FrozenTables,
  examples: Examples,
  options: InContextOptions = IN_CONTEXT,
): Promise<InContext> {
  const { seed } = options;
  const folds = foldsOf(examples.target, options.folds, random(seed, 'cross-validation'));
  const total = options.members + folds.length * options.foldMembers;
  let read = 0;
  const done = (views: number) => options.progress?.((read += views), total);
  const ensemble = await learnEnsemble(frozen, examples, options, seed, done);
  const held =
    folds.length === 0
      ? []
      : await askFolds(frozen, examples, folds, { ...options, members: options.foldMembers }, seed, done);
  const parts: Parts = {
    examples,
    folds,
    ensemble,
    head: fitHead(examples, folds),
    constant: constantOf(examples, folds, frozen.config.quantiles),
    rows: folds.flatMap(({ asked }) => asked),
    network: joined(held),
    options,
  };
  return examples.target.kind === 'classes' ? ofClasses(parts) : ofNumbers(parts, frozen.config.quantiles);
}

interface Parts {
  readonly examples: Examples;
  readonly folds: readonly Fold[];
  readonly ensemble: Ensemble;
  readonly head: Head;
  readonly constant: Constant;
  /** The rows that the folds ask, and what the network answered. */
  readonly rows: readonly number[];
  readonly network: Float64Array;
  readonly options: InContextOptions;
}

function ofClasses({ examples, ensemble, head, constant, rows, network, options }: Parts): InContext {
  const { classes: k, values } = examples.target as Extract<Examples['target'], { kind: 'classes' }>;
  const truth = rows.map((row) => values[row]!);
  const headHeld = joined(head.outOfFold);
  const blend: ClassBlend = fitClassBlend({ k, truth, network, head: headHeld });
  const held = blendClasses(blend, network, headHeld, k);
  const weight = Math.max(LEAST_WEIGHT, blend.network + blend.head);
  const quality =
    rows.length === 0
      ? undefined
      : classQuality({ k, truth, own: held, constant: constant.outOfFold, head: headHeld });
  const losses = (answers: Float64Array) => classLosses(answers, truth, k);
  const fallback = fallbackOf(losses(held), losses(constant.outOfFold));
  return {
    quality,
    share: blend.network / weight,
    temperature: 1 / weight,
    fallback,
    threshold: setThreshold(fallback === undefined ? held : constant.outOfFold, truth, k, options.level),
    margin: undefined,
    bytes: ensemble.bytes,
    predict: async (cells) => {
      const { answers, leaning } = await ensemble.ask(cells.rows, cells.x);
      if (fallback !== undefined) return { answers: constant.predict(cells.rows), leaning };
      return { answers: blendClasses(blend, answers, head.predict(cells), k), leaning };
    },
  };
}

function ofNumbers(
  { examples, ensemble, head, constant, rows, network, options }: Parts,
  q: number,
): InContext {
  const { values } = examples.target;
  const truth = rows.map((row) => values[row]!);
  const headHeld = joined(head.outOfFold);
  const blend: NumberBlend = fitNumberBlend({ q, truth, network, head: headHeld }, constant.deviation);
  const held = blendNumbers(blend, network, headHeld, q);
  const quality =
    rows.length === 0
      ? undefined
      : numberQuality({
          q,
          truth,
          own: held,
          constant: constant.outOfFold,
          head: headHeld,
          level: options.level,
        });
  const losses = (answers: Float64Array) => numberLosses(answers, truth, q);
  const fallback = fallbackOf(losses(held), losses(constant.outOfFold));
  return {
    quality,
    share: blend.share,
    temperature: 1,
    fallback,
    threshold: undefined,
    margin: intervalMargin(fallback === undefined ? held : constant.outOfFold, truth, q, options.level),
    bytes: ensemble.bytes,
    predict: async (cells) => {
      const { answers, leaning } = await ensemble.ask(cells.rows, cells.x);
      if (fallback !== undefined) return { answers: constant.predict(cells.rows), leaning };
      return { answers: blendNumbers(blend, answers, head.predict(cells), q), leaning };
    },
  };
}

/** Why the constant alone is said, where it is: by chance it does a little better now and then, which is no reason. */
function fallbackOf(own: readonly number[], constant: readonly number[]): string | undefined {
  if (own.length < ENOUGH || !clearlyWorse(own, constant)) return undefined;
  return 'on labelled rows that were held out, what was learned did clearly worse than always saying the same: that is said instead';
}
