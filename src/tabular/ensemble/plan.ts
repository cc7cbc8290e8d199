import { permutation, type Random } from '../../core/random.js';
import type { NumberCode } from '../cells/encode.js';
import type { MemberPlan } from './member.js';

export interface EnsembleOptions {
  /** Views of the table whose answers are averaged. */
  readonly members: number;
  /** Labelled rows that a member is shown at most; of more it gets a share of its own. */
  readonly rows: number;
  /** Columns that a member is shown at most; of more it gets a share of its own. */
  readonly columns: number;
}

/** Both codes of numbers in turn: members differ most by them. */
const CODES: readonly NumberCode[] = ['standard', 'rank'];

/** Members that see rows and columns in orders of their own; where there are too many of them, random shares, evenly used. */
export function planMembers(
  sizes: { readonly rows: number; readonly columns: number },
  { members, rows, columns }: EnsembleOptions,
  stream: Random,
): MemberPlan[] {
  const ofRows = dealer(sizes.rows, Math.min(rows, sizes.rows), stream);
  const ofColumns = dealer(sizes.columns, Math.min(columns, sizes.columns), stream);
  return Array.from({ length: members }, (_, m) => ({
    rows: ofRows(),
    columns: ofColumns(),
    numbers: CODES[m % CODES.length]!,
  }));
}

/** Deals `size` of `count` things at a time, each about as often as any other. */
function dealer(count: number, size: number, stream: Random): () => number[] {
  let left: number[] = [];
  return () => {
    const dealt: number[] = [];
    while (dealt.length < size) {
      if (left.length === 0) left = permutation(count, stream).filter((one) => !dealt.includes(one));
      dealt.push(left.pop()!);
    }
    return dealt;
  };
}
