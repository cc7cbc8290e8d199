import { ask, asking, leaveOneOut } from './ask.js';
import type { Logistic } from './logistic.js';
import { type Solution, solve } from './solution.js';

/** What one example does to one prediction. */
export interface Influence {
  /** Which example, in the order in which they are held. */
  readonly example: number;
  /**
   * By how much the prediction moves for each unit of the example's target, by output: the query's leverage on it. Of logistic
   * regression, and so the influence, to first order: of the ridge regression that its last Newton step is.
   */
  readonly leverage: readonly number[];
  /** The prediction less the one without this example, by output (of classes: their scores). */
  readonly influence: readonly number[];
}

/** Leverages and influences on a query, of ridge or of the ridge regressions that logistic regression ended with. */
export function explainer(
  solution: Solution,
  curve: Logistic | undefined,
): (row: Float64Array) => Influence[] {
  const { examples, intercept } = solution;
  const { rows, outputs } = examples;
  const column = (values: Float64Array, k: number) =>
    new Float64Array(rows).map((_, i) => values[i * outputs + k]!);
  const parts =
    curve === undefined
      ? [solution]
      : Array.from({ length: outputs }, (_, k) =>
          solve(
            { ...examples, y: column(curve.targets, k), weight: column(curve.weights, k), outputs: 1 },
            { lambda: curve.lambda, intercept },
          ),
        );
  const each = parts.map((part) => ({ asked: asking(part), ...leaveOneOut(part) }));
  return (row) => {
    const shares = each.map(({ asked }) => ask(asked, row).shares);
    const one = curve === undefined;
    return Array.from({ length: rows }, (_, example) => {
      const leverage = Array.from({ length: outputs }, (_, k) => shares[one ? 0 : k]![example]!);
      const left = (k: number) =>
        one ? each[0]!.residuals[example * outputs + k]! : each[k]!.residuals[example]!;
      return { example, leverage, influence: leverage.map((share, k) => share * left(k)) };
    });
  };
}
