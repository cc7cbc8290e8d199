import { random } from '../../core/random.js';
import { generatorNames, parsePrior, type SyntheticTable, sampleTable, type TargetKind } from './index.js';

/** Tables 0…n−1 of a spec. */
export function drawTables(
  n: number,
  task: TargetKind,
  options: Record<string, unknown> = {},
  seed = 1,
): SyntheticTable[] {
  const spec = parsePrior(options);
  return Array.from({ length: n }, (_, i) => sampleTable(spec, random(seed, 'prior', i), task));
}

/** Weights that leave one generator. */
export const only = (name: string): Record<string, number> =>
  Object.fromEntries(generatorNames.map((other) => [other, other === name ? 1 : 0]));

export const average = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

/**
 * 1 − squared error ÷ that of the labelled mean over the asked rows, of the mean of the five nearest labelled rows: a learner that
 * the filter does not have. Classes are indicators, categories differ by 1 or not at all, missing cells are as the mean.
 */
export function neighbourErrors(table: SyntheticTable): {
  readonly error: number;
  readonly constant: number;
} {
  const { x, rows, labelled, columns, kinds, target } = table;
  const outputs =
    target.kind === 'number'
      ? [Array.from(target.values)]
      : Array.from({ length: target.classes }, (_, k) => Array.from(target.values, (y) => (y === k ? 1 : 0)));
  const apart = (a: number, b: number) => {
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      const [one, other] = [x[a * columns + c]!, x[b * columns + c]!];
      if (kinds[c]!.kind === 'category') sum += one === other ? 0 : 2;
      else sum += ((Number.isNaN(one) ? 0 : one) - (Number.isNaN(other) ? 0 : other)) ** 2;
    }
    return sum;
  };
  const means = outputs.map((output) => average(output.slice(0, labelled)));
  let [error, constant] = [0, 0];
  for (let i = labelled; i < rows; i++) {
    const near = Array.from({ length: labelled }, (_, j) => ({ j, d: apart(i, j) }))
      .sort((a, b) => a.d - b.d)
      .slice(0, 5);
    for (const [o, output] of outputs.entries()) {
      const value =
        (average(near.map(({ j }) => output[j]!)) * near.length + 3 * means[o]!) / (near.length + 3);
      error += (output[i]! - value) ** 2;
      constant += (output[i]! - means[o]!) ** 2;
    }
  }
  return { error, constant };
}
