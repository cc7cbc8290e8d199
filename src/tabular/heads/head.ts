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

/** Ridge with leave-one-out λ for numbers, multinomial logistic regression for classes. */
export const fitHead = (examples: Examples, folds: readonly Fold[]): Head =>
  examples.target.kind === 'number' ? fitRidge(examples, folds) : fitClasses(examples, folds);

function fitRidge(examples: Examples, folds: readonly Fold[]): Head {
  const learn = (shown: Examples) => {
    const design = fitDesign(shown);
    const fitted = fitLinear('ridge:loo', design(shown), shown.target.values as Float64Array)!;
    return (cells: Pick<Cells, 'rows' | 'x'>) => predictLinear(fitted, design(cells));
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
  const learn = (shown: Examples) => {
    const design = fitDesign(shown);
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
