import type { Measurement } from '../core/measurement.js';
import { type Column, formatTable } from '../report/table.js';

/** The columns of a table, by metric. */
type Columns = Readonly<Record<string, Column>>;

const NORMAL: Columns = {
  'coverage-0.5': { header: 'in 50 %', kind: 'number' },
  'coverage-0.8': { header: 'in 80 %', kind: 'number' },
  'coverage-0.9': { header: 'in 90 %', kind: 'number' },
  'width-0.9': { header: 'width of 90 %', kind: 'number' },
  'standardised-squared-error': { header: 'error² ÷ variance', kind: 'number' },
  nll: { header: '−log density', kind: 'number' },
};
const CLASSES: Columns = {
  ece: { header: 'calibration error', kind: 'number' },
  'ece-by-chance': { header: 'by chance', kind: 'number' },
  'log-loss': { header: 'log loss', kind: 'number' },
  brier: { header: 'Brier score', kind: 'number' },
};

/**
 * How well learners know what they do not know, after 1, d and 2d examples: one table for variances and one for classes,
 * each only where there is such a learner.
 * @param telling d, or the number of examples that tells most
 */
export function calibrationText(
  rows: readonly Measurement[],
  learners: readonly string[],
  telling: number,
): string {
  const shown = [...new Set([1, telling, 2 * telling])];
  const table = (columns: Columns): string => {
    const lines = learners.flatMap((learner) =>
      shown.flatMap((examples) => {
        const here = rows.filter((row) => row.learner === learner && row.examples === examples);
        const cells = Object.keys(columns).map(
          (wanted) => here.find(({ metric }) => metric === wanted)?.value,
        );
        return cells.some((cell) => cell !== undefined) ? [[learner, examples, ...cells]] : [];
      }),
    );
    if (lines.length === 0) return '';
    const headers: Column[] = [{ header: 'learner' }, { header: 'examples', kind: 'count' }];
    return formatTable([...headers, ...Object.values(columns)], lines);
  };
  const normal = table(NORMAL);
  const classes = table(CLASSES);
  return [
    normal &&
      `Share of the labels in the intervals where a learner expects 50, 80 and 90 % of them:\n\n${normal}`,
    classes &&
      `Calibration of the probabilities of label 1 (error by chance: of right ones, with so many episodes):\n\n${classes}`,
  ]
    .filter(Boolean)
    .join('\n');
}
