import type { Cells } from '../cells/encode.js';
import type { Matrix } from '../encode.js';
import type { Fold } from '../ensemble/ensemble.js';
import { type Examples, takeCells, takeExamples } from '../ensemble/examples.js';
import { fitLinear, predictLinear } from '../linear.js';
import { fitDesign } from './design.js';
import { fitLogistic } from './logistic.js';

/** A textbook learner on all columns at once, and what it says of labelled rows that it was not shown. */
export interface Head {
  readonly name: 'logistic' | 'ridge';
  /** Probabilities of the classes [A,K], or the number [A]. */
  predict(cells: Pick<Cells, 'rows' | 'x'>): Float64Array;
  /** The same of the rows that each fold asks; the penalty of logistic regression was chosen on all of them. */
  readonly outOfFold: readonly Float64Array[];
}

/** Penalties to choose from, for standardised inputs. */
const LAMBDAS = [300, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03];
/** The penalty where there is nothing to choose it by. */
const DEFAULT = LAMBDAS.indexOf(3);

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

/** Ridge with leave-one-out λ for numbers, multinomial logistic regression for classes. */
export const fitHead = (examples: Examples, folds: readonly Fold[]): Head =>
  examples.target.kind === 'number' ? fitRidge(examples, folds) : fitClasses(examples, folds);

function fitRidge(examples: Examples, folds: readonly Fold[]): Head {
  const learn = (all: Examples) => {
    const shown = thinned(all);
    const design = narrowed(fitDesign(shown), shown);
    const x = design(shown);
    // Of rows that are all alike there is nothing but the mean.
    const learner = x.width === 0 ? 'mean' : 'ridge:loo';
    const labels = shown.target.values as Float64Array;
    const fitted = fitLinear(learner, x, labels)!;
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
    const rows: Matrix = design(takeCells(examples, asked));
    return LAMBDAS.map((_, at) => path.probabilities(rows, at));
  });
  const best = folds.length === 0 ? DEFAULT : leastLoss(examples, folds, paths);
  const { design, path } = learn(examples);
  return {
    name: 'logistic',
    predict: (cells) => path.probabilities(design(cells), best),
    outOfFold: paths.map((path) => path[best]!),
  };
}

function leastLoss(examples: Examples, folds: readonly Fold[], paths: readonly Float64Array[][]): number {
  const { classes, values } = examples.target as Extract<Examples['target'], { kind: 'classes' }>;
  const losses = LAMBDAS.map((_, at) => {
    let loss = 0;
    folds.forEach(({ asked }, f) => {
      asked.forEach((row, i) => {
        loss -= Math.log(Math.max(1e-9, paths[f]![at]![i * classes + values[row]!]!));
      });
    });
    return loss;
  });
  return losses.indexOf(Math.min(...losses));
}
