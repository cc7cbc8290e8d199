import { permutation, type Random } from '../../core/random.js';
import type { Fold } from '../ensemble/ensemble.js';
import type { Target } from '../prior/index.js';

/**
 * Folds of cross-validation, each of which shows as many rows: rows of a class are spread over the folds, and the rows of a
 * class that has but one are never asked. A fold that asks a row less leaves one out.
 * @returns none where a fold could not be shown two rows, or nothing could be asked
 */
export function foldsOf(target: Target, count: number, stream: Random): Fold[] {
  const rows = target.values.length;
  const order = permutation(rows, stream);
  const groups = new Map<number, number[]>();
  for (const row of order) {
    const group = target.kind === 'classes' ? target.values[row]! : 0;
    groups.set(group, [...(groups.get(group) ?? []), row]);
  }
  const spread = [...groups.values()].filter(({ length }) => length > 1).flat();
  const folds = Math.min(count, spread.length);
  const asked = Array.from({ length: folds }, (_, f) => spread.filter((_, i) => i % folds === f));
  const shown = rows - Math.max(0, ...asked.map(({ length }) => length));
  if (folds < 2 || shown < 2) return [];
  return asked.map((own) => {
    const held = new Set(own);
    const others = order.filter((row) => !held.has(row));
    return {
      asked: own,
      shown: others.length > shown ? leftOut(others, others.length - shown, target) : others,
    };
  });
}

/** Rows without some that are not the last of their class. */
function leftOut(rows: readonly number[], count: number, target: Target): number[] {
  if (target.kind === 'number') return rows.slice(count);
  const left = new Map<number, number>();
  for (const row of rows) left.set(target.values[row]!, (left.get(target.values[row]!) ?? 0) + 1);
  let out = count;
  return rows.filter((row) => {
    const own = left.get(target.values[row]!)!;
    if (out === 0 || own === 1) return true;
    left.set(target.values[row]!, own - 1);
    out--;
    return false;
  });
}
