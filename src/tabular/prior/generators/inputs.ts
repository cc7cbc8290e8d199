import type { Random } from '../../../core/random.js';
import { floats, integers, list } from '../arrays.js';
import { standardise } from '../columns/standardise.js';
import { chance, logBetween, logInteger, normals, pick } from '../draws.js';

export type InputKind = 'independent' | 'correlated' | 'grouped';

/**
 * Columns for generators whose inputs come before their function, [columns][rows], standardised: independent ones, ones that
 * share a few factors, or groups of rows around centres.
 */
export function drawInputs(
  rows: number,
  columns: number,
  stream: Random,
): { readonly kind: InputKind; readonly inputs: Float64Array[] } {
  const kind = pick<InputKind>(['independent', 'correlated', 'correlated', 'grouped'], stream);
  const inputs = DRAW[kind](rows, columns, stream);
  for (const column of inputs) standardise(column);
  return { kind, inputs };
}

const DRAW: Record<InputKind, (rows: number, columns: number, stream: Random) => Float64Array[]> = {
  independent: (rows, columns, stream) => {
    const uniform = stream.uniform();
    return list(columns, () =>
      chance(uniform, stream) ? floats(rows, stream.uniform) : normals(rows, stream),
    );
  },
  correlated: (rows, columns, stream) => {
    const factors = list(logInteger([1, Math.min(6, columns + 1)], stream), () => normals(rows, stream));
    const own = logBetween([0.05, 2], stream);
    return list(columns, () => {
      const column = normals(rows, stream);
      for (let i = 0; i < rows; i++) column[i]! *= own;
      for (const factor of factors) {
        const loading = stream.normal() / Math.sqrt(factors.length);
        for (let i = 0; i < rows; i++) column[i]! += loading * factor[i]!;
      }
      return column;
    });
  },
  grouped: (rows, columns, stream) => {
    const groups = logInteger([2, 8], stream);
    const group = integers(rows, () => stream.integer(groups));
    const within = logBetween([0.1, 1], stream);
    return list(columns, () => {
      const centres = normals(groups, stream);
      const column = normals(rows, stream);
      for (let i = 0; i < rows; i++) column[i] = centres[group[i]!]! + within * column[i]!;
      return column;
    });
  },
};
