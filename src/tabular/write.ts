import { stringify } from 'csv-stringify/sync';
import type { Schema } from './schema.js';
import type { TableSource } from './table.js';
import type { PredictedRow } from './tabular-task.js';
import type { Predicted } from './task.js';

/**
 * The header of a file of predicted rows: all columns of the rows' own file and, last, the prediction's, which is
 * `predicted_<target>`, with an underscore behind it where the file has such a column already.
 */
export function predictedHeader(source: TableSource, target: string): string {
  let name = `predicted_${target}`;
  while (source.names.includes(name)) name += '_';
  return stringify([[...source.names, name]], { delimiter: source.delimiter });
}

/** Predicted rows in the form of the file that they come from, its delimiter and decimal mark, each ended by a new line. */
export function predictedRows(source: TableSource, predicted: readonly Predicted[]): string {
  const { delimiter, decimalMark } = source;
  const cells = predicted.map(({ row, value }) => [...row.cells, String(value).replace('.', decimalMark)]);
  return stringify(cells, { delimiter });
}

/**
 * Names of the columns that a model of tables adds: `predicted_<target>`, then `probability_<target>` of classes, or
 * `low_<target>` and `high_<target>` of numbers; with underscores behind them where the rows have such a column.
 */
export function answerNames({ names }: TableSource, { target }: Schema): string[] {
  const added = target.kind === 'classes' ? ['predicted', 'probability'] : ['predicted', 'low', 'high'];
  return added.map((what) => {
    let name = `${what}_${target.name}`;
    while (names.includes(name)) name += '_';
    return name;
  });
}

/** The cells of those columns. Where a prediction abstains its cell is empty; how sure it would be is there. */
export function answerCells({ prediction }: PredictedRow, decimalMark: '.' | ','): string[] {
  const number = (value: number) => String(value).replace('.', decimalMark);
  const answer = prediction.kind === 'classes' ? prediction.label : number(prediction.value);
  const sure = prediction.kind === 'classes' ? [prediction.probability] : prediction.interval;
  return [prediction.abstained ? '' : answer, ...sure.map(number)];
}

/** Rows of cells in the form of a file. */
export const csvLines = ({ delimiter }: TableSource, rows: readonly (readonly string[])[]): string =>
  stringify(rows as string[][], { delimiter });
