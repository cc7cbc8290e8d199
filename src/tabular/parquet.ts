import { basename } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { IcicleError } from '../core/errors.js';
import { parseCell } from './cells.js';
import { type Cell, textOf } from './memory.js';
import type { Row, TableSource } from './table.js';

/** Rows that are read at once: bounds memory. */
const CHUNK = 1024;

/**
 * Opens a Parquet file as a table; its rows are counted from 1. Columns that hold lists or structures are refused when they are
 * read.
 * @throws IcicleError (exit code 1): missing file, no Parquet, a compression that is not built in (all but Snappy and none)
 */
export async function openParquet(path: string): Promise<TableSource> {
  const name = basename(path);
  const file = await asyncBufferFromFile(path).catch((cause: { code?: string }) => {
    throw cause.code === 'ENOENT'
      ? new IcicleError(`missing file: ${path}: check the path`, { exitCode: 2, cause })
      : new IcicleError(`cannot read ${path}: the system says ${cause.code}: check the path`, { cause });
  });
  const metadata = await parquetMetadataAsync(file).catch((cause: Error) => {
    throw damaged(path, cause);
  });
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const count = Number(metadata.num_rows);
  if (count === 0) throw new IcicleError(`empty table: ${path} has no rows: give a table with some`);
  return {
    path,
    name,
    names,
    delimiter: ',',
    decimalComma: false,
    decimalMark: '.',
    async *rows(): AsyncGenerator<Row, void, undefined> {
      for (let rowStart = 0; rowStart < count; rowStart += CHUNK) {
        const rowEnd = Math.min(count, rowStart + CHUNK);
        const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd }).catch((cause: Error) => {
          throw damaged(path, cause);
        });
        for (const [i, row] of rows.entries()) {
          const line = rowStart + i + 1;
          yield { line, cells: names.map((column) => textOf(row[column] as Cell, column, line - 1, path)) };
        }
      }
    },
  };
}

const damaged = (path: string, cause: Error): IcicleError =>
  new IcicleError(
    `invalid table: ${path} cannot be read as Parquet (${cause.message.split('\n')[0]}): write it again, uncompressed or with Snappy`,
    { cause },
  );

/** A table as the bytes of a Parquet file: columns of numbers as such, the others as text, missing cells as null. */
export function toParquet(names: readonly string[], rows: readonly (readonly string[])[]): Uint8Array {
  const columnData = names.map((name, c) => {
    const cells = rows.map((cells) => parseCell(cells[c]!));
    const numbers = cells.every((cell) => cell === null || typeof cell === 'number');
    const isMissing = (cell: string) => parseCell(cell, false, true) === null;
    return numbers
      ? { name, data: cells, type: 'DOUBLE' as const, nullable: true }
      : {
          name,
          data: rows.map((own) => (isMissing(own[c]!) ? null : own[c]!)),
          type: 'STRING' as const,
          nullable: true,
        };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
