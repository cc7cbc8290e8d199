import { stringify } from 'csv-stringify/sync';
import { invalid } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { type CurvesOptions, curves } from '../report/curves.js';
import { emptyDocument } from '../report/document.js';
import { writeFileAtomic } from '../runs/files.js';
import { packageVersion } from './package.js';

/** Writes rows to a file; `figure` says what a figure of them shows. */
export type RowsWriter = (
  rows: readonly Measurement[],
  figure?: Omit<CurvesOptions, 'document' | 'version'>,
) => Promise<void>;

/** Decides on the form by the file's ending, before anything is computed. */
export function rowsWriter(path: string): RowsWriter {
  const ending = /\.[^./\\]+$/.exec(path)?.[0].toLowerCase();
  if (ending === '.svg')
    return (rows, figure) =>
      writeFileAtomic(
        path,
        curves(rows, { document: emptyDocument(), version: packageVersion(), ...figure }),
      );
  if (ending === '.json') return (rows) => writeFileAtomic(path, `${JSON.stringify(rows)}\n`);
  if (ending === '.csv')
    return (rows) => writeFileAtomic(path, stringify([...rows], { header: true, columns: COLUMNS }));
  throw invalid('--output', path, 'it must end in .svg (learning curves), .csv or .json (all rows)');
}

const COLUMNS: readonly (keyof Measurement)[] & string[] = [
  'family',
  'learner',
  'reference',
  'examples',
  'metric',
  'value',
  'low',
  'high',
  'episodes',
  'seed',
  'spec',
];
