import type { Cells } from '../cells/encode.js';
import type { Examples } from '../ensemble/examples.js';
import { fitDesign } from './design.js';

/**
 * The k nearest labelled rows in the standardised columns: the share of each class among them [A,K], or their mean [A]; the
 * earlier of equally near ones.
 */
export function fitNeighbours(
  examples: Examples,
  k: number,
): (cells: Pick<Cells, 'rows' | 'x'>) => Float64Array {
  const { target } = examples;
  const design = fitDesign(examples);
  const shown = design(examples);
  const count = Math.min(k, shown.rows);
  const outputs = target.kind === 'classes' ? target.classes : 1;
  return (cells) => {
    const { values, rows, width } = design(cells);
    const answers = new Float64Array(rows * outputs);
    for (let r = 0; r < rows; r++) {
      const distances = Array.from({ length: shown.rows }, (_, s) => {
        let sum = 0;
        for (let w = 0; w < width; w++) sum += (values[r * width + w]! - shown.values[s * width + w]!) ** 2;
        return { sum, s };
      });
      distances.sort((a, b) => a.sum - b.sum || a.s - b.s);
      for (const { s } of distances.slice(0, count)) {
        const label = target.values[s]!;
        if (target.kind === 'classes') answers[r * outputs + label]! += 1 / count;
        else answers[r]! += label / count;
      }
    }
    return answers;
  };
}
