import type { Random } from '../../../core/random.js';
import type { Column } from '../column.js';
import type { Drawn } from '../table.js';

/** What a generator is asked for. */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
  /** S: how many numbers of a row the target is made from. */
  readonly outputs: number;
  /** Classes of the target; absent where it is a number. */
  readonly classes?: number;
}

/** What a generator gives. Rows are independent of each other given what was drawn for the table. */
export interface Draft {
  /** [C] */
  readonly columns: Column[];
  /** What the target is made from, [S][R], standardised. */
  readonly latents: Float64Array[];
  /** The classes themselves, [R], where the generator has them by nature. */
  readonly codes?: Int32Array;
  readonly drawn: Drawn;
}

export type Generate<Options> = (shape: Shape, options: Options, stream: Random) => Draft;
