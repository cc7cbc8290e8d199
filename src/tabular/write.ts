import { stringify } from 'csv-stringify/sync';
import type { TableSource } from './table.js';
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
