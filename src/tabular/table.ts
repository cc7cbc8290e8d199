/** One row of a table as text: as many cells as the header has names. */
export interface Row {
  /** Where the row begins in its file, from 1 (the header is usually line 1), or which of the given rows it is, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table that can be read again and again from its beginning, a row at a time, so that any length takes the memory of a few rows. */
export interface TableSource {
  /** What it is called in messages. */
  readonly path: string;
  /** The file's name without its folder. */
  readonly name: string;
  /** The header. */
  readonly names: readonly string[];
  readonly delimiter: ',' | ';' | '\t';
  /**
   * Whether `3,5` is a number: where semicolons divide cells, as spreadsheets write them in countries with a decimal comma.
   * Elsewhere `1,234` may as well mean 1234, and is text.
   */
  readonly decimalComma: boolean;
  /** How the file itself writes numbers, as far as its first rows tell. */
  readonly decimalMark: '.' | ',';
  rows(): AsyncGenerator<Row, void, undefined>;
}
