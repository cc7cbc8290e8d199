import { beliefs } from '../../core/beliefs.js';
import type { Cells } from '../cells/encode.js';
import type { Fold } from '../ensemble/ensemble.js';
import { type Examples, takeCells, takeExamples } from '../ensemble/examples.js';
import { fitAveragedRidge, fitLinear, predictLinear } from '../linear.js';
import { fitDesign } from './design.js';
import { fitLogistic } from './logistic.js';

/** A textbook learner on all columns at once, and what it says of labelled rows that it was not shown. */
export interface Head {
  readonly name: 'logistic' | 'ridge';
  /** Probabilities of the classes [A,K], or the number [A]. */
  predict(cells: Pick<Cells, 'rows' | 'x'>): Float64Array;
  /** The same of the rows that each fold asks; how much each penalty of logistic regression counts was told by all of them. */
  readonly outOfFold: readonly Float64Array[];
}

/** Penalties that are tried, for standardised inputs. */
const LAMBDAS = [300, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03];
/** The one where there is nothing to tell them apart by. */
const DEFAULT = 3;

/** Labelled rows and inputs that a head is fitted on at most: its singular value decomposition should take no second. */
const MOST_ROWS = 500;
const MOST_INPUTS = 100;

type Design = ReturnType<typeof fitDesign>;

/** Rows at even distances where there are too many. */
function thinned(examples: Examples): Examples {
  if (examples.rows <= MOST_ROWS) return examples;
  const step = examples.rows / MOST_ROWS;
  return takeExamples(
    examples,
    Array.from({ length: MOST_ROWS }, (_, i) => Math.floor(i * step)),
  );
}

/** The inputs whose correlation with the target (with any class) is greatest, where there are too many. */
function narrowed(design: Design, { target, ...cells }: Examples): Design {
  const { values, rows, width } = design(cells);
  if (width <= MOST_INPUTS) return design;
  const outputs = target.kind === 'classes' ? target.classes : 1;
  const strength = Array.from({ length: width }, (_, w) => {
    const sums = new Float64Array(outputs);
    for (let r = 0; r < rows; r++) {
      const label = target.values[r]!;
      if (target.kind === 'classes') sums[label]! += values[r * width + w]!;
      else sums[0]! += values[r * width + w]! * label;
    }
    return sums.reduce((most, sum) => Math.max(most, Math.abs(sum)), 0);
  });
  const kept = strength
    .map((_, w) => w)
    .sort((a, b) => strength[b]! - strength[a]! || a - b)
    .slice(0, MOST_INPUTS);
  return (asked) => {
    const all = design(asked);
    const chosen = new Float64Array(all.rows * kept.length);
    for (let r = 0; r < all.rows; r++)
      kept.forEach((w, k) => {
        chosen[r * kept.length + k] = all.values[r * width + w]!;
      });
    return { values: chosen, rows: all.rows, width: kept.length };
  };
}

/** A line drawn through n labels is believed no further beyond them than n/20 of their range: through five, a quarter of it. */
const ROWS_A_RANGE = 20;

/**
 * Ridge for numbers, multinomial logistic regression for classes; of all penalties together, each as much as the labels speak for
 * it. With few labels the one penalty that fits held-out ones best is often far too small by chance.
 */
export const fitHead = (examples: Examples, folds: readonly Fold[]): Head =>
  examples.target.kind === 'number' ? fitRidge(examples, folds) : fitClasses(examples, folds);

function fitRidge(examples: Examples, folds: readonly Fold[]): Head {
  const learn = (all: Examples) => {
    const shown = thinned(all);
    const design = narrowed(fitDesign(shown), shown);
    const x = design(shown);
    const labels = shown.target.values as Float64Array;
    // Of rows that are all alike there is nothing but the mean.
    const fitted = x.width === 0 ? fitLinear('mean', x, labels)! : fitAveragedRidge(x, labels);
    const [least, most] = [Math.min(...labels), Math.max(...labels)];
    const beyond = ((most - least) * labels.length) / ROWS_A_RANGE;
    return (cells: Pick<Cells, 'rows' | 'x'>) =>
      predictLinear(fitted, design(cells)).map((value) =>
        Math.max(least - beyond, Math.min(most + beyond, value)),
      );
  };
  return {
    name: 'ridge',
    predict: learn(examples),
    outOfFold: folds.map(({ shown, asked }) =>
      learn(takeExamples(examples, shown))(takeCells(examples, asked)),
    ),
  };
}

function fitClasses(examples: Examples, folds: readonly Fold[]): Head {
  const learn = (all: Examples) => {
    const shown = thinned(all);
    const design = narrowed(fitDesign(shown), shown);
    const { classes, values } = shown.target as Extract<Examples['target'], { kind: 'classes' }>;
    const path = fitLogistic(design(shown), values, classes, LAMBDAS);
    return { design, path };
  };
  const paths = folds.map(({ shown, asked }) => {
    const { design, path } = learn(takeExamples(examples, shown));
    const probabilities = path.probabilities(design(takeCells(examples, asked)));
    return LAMBDAS.map((_, at) => probabilities(at));
  });
  const shares =
    folds.length === 0
      ? LAMBDAS.map((l) => Number(l === DEFAULT))
      : beliefs(likelihoods(examples, folds, paths));
  const { design, path } = learn(examples);
  return {
    name: 'logistic',
    predict: (cells) => averaged(shares, path.probabilities(design(cells))),
    outOfFold: paths.map((path) => averaged(shares, (at) => path[at]!)),
  };
}

/** How likely each penalty makes the labels that folds ask, in logarithms. */
function likelihoods(examples: Examples, folds: readonly Fold[], paths: readonly Float64Array[][]): number[] {
  const { classes, values } = examples.target as Extract<Examples['target'], { kind: 'classes' }>;
  return LAMBDAS.map((_, at) => {
    let sum = 0;
    folds.forEach(({ asked }, f) => {
      asked.forEach((row, i) => {
        sum += Math.log(Math.max(1e-9, paths[f]![at]![i * classes + values[row]!]!));
      });
    });
    return sum;
  });
}

/** A penalty that is believed less than this is not asked. */
const UNHEARD = 1e-6;

/** The mean of what penalties say, by how much each is believed. */
function averaged(shares: readonly number[], probabilities: (at: number) => Float64Array): Float64Array {
  const heard = shares.map((share, at) => ({ share, at })).filter(({ share }) => share > UNHEARD);
  const total = heard.reduce((sum, { share }) => sum + share, 0);
  const [first, ...rest] = heard.map(({ share, at }) => probabilities(at).map((p) => (share / total) * p));
  for (const other of rest)
    other.forEach((p, i) => {
      first![i]! += p;
    });
  return first!;
}
