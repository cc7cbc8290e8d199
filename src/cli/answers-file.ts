import { type AtomicFile, createAtomic } from '../runs/files.js';
import { toParquet } from '../tabular/parquet.js';
import type { Schema } from '../tabular/schema.js';
import type { TableSource } from '../tabular/table.js';
import type { PredictedRow } from '../tabular/tabular-task.js';
import { answerCells, answerNames, csvLines } from '../tabular/write.js';

/** A file of predicted rows that is being written: whole or not there at all. */
export interface AnswersFile {
  begin(source: TableSource, schema: Schema): Promise<void>;
  write(rows: readonly PredictedRow[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export const isParquet = (path: string): boolean => /\.parquet$/i.test(path);

/**
 * Parquet where the name ends so, else CSV in the form of the rows' own file. CSV is written as rows come; Parquet holds all of
 * them in memory until the end.
 * @throws IcicleError where the file cannot be written
 */
export async function answersFile(path: string): Promise<AnswersFile> {
  const file = await createAtomic(path);
  return isParquet(path) ? parquetFile(file) : csvFile(file);
}

function csvFile(file: AtomicFile): AnswersFile {
  let source: TableSource;
  return {
    begin: async (asked, schema) => {
      source = asked;
      await file.write(csvLines(source, [[...source.names, ...answerNames(source, schema)]]));
    },
    write: async (rows) => {
      await file.write(
        csvLines(
          source,
          rows.map((row) => [...row.row.cells, ...answerCells(row, source.decimalMark)]),
        ),
      );
    },
    commit: () => file.commit(),
    abort: () => file.abort(),
  };
}

function parquetFile(file: AtomicFile): AnswersFile {
  let names: string[] = [];
  const kept: string[][] = [];
  return {
    begin: async (source, schema) => {
      names = [...source.names, ...answerNames(source, schema)];
    },
    write: async (rows) => {
      kept.push(...rows.map((row) => [...row.row.cells, ...answerCells(row, '.')]));
    },
    commit: async () => {
      await file.write(toParquet(names, kept));
      await file.commit();
    },
    abort: () => file.abort(),
  };
}
