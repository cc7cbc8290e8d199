/** What one server takes at most, so that no request can take it all. */
export interface Limits {
  /** Bytes of a request's body. */
  readonly bodyBytes: number;
  /** Rows of a table that is learned. */
  readonly labelledRows: number;
  /** Rows that one request asks. */
  readonly askedRows: number;
  /** Columns of a table. */
  readonly columns: number;
  /** Contexts that are kept; beyond them the one that was asked least recently is forgotten. */
  readonly contexts: number;
  /** Memory of all contexts that are kept. */
  readonly contextBytes: number;
  /** From when a request has been read to its answer. */
  readonly seconds: number;
  /** Requests that wait for the model. */
  readonly waiting: number;
  /** A context that was not asked for so long is forgotten; never where this is not given. */
  readonly idleSeconds?: number;
}

export const LIMITS = {
  bodyBytes: 4 * 2 ** 20,
  labelledRows: 2000,
  askedRows: 2000,
  columns: 256,
  contexts: 64,
  contextBytes: 2 ** 30,
  seconds: 30,
  waiting: 256,
} as const satisfies Limits;

/** Characters of a column's name; messages repeat it. */
export const NAME_CHARACTERS = 1000;
/** Characters of a cell. */
export const CELL_CHARACTERS = 10_000;
/** Rows of waiting requests that are predicted at once. */
export const JOINED_ROWS = 512;
