import type { Random } from '../../../core/random.js';
import { between, chance, logBetween, logInteger } from '../draws.js';
import { standardise } from './standardise.js';

/** Changes of a standardised column in place, after which it is standardised again. */
export type Warp = 'none' | 'heavy' | 'skewed' | 'kumaraswamy' | 'rounded' | 'piled';

/** What each warp does; see `warp`. */
const WARPS: Readonly<Record<Warp, (column: Float64Array, stream: Random) => void>> = {
  none: () => undefined,
  heavy: (column, stream) => {
    const a = logBetween([0.3, 1.5], stream);
    for (let i = 0; i < column.length; i++) column[i] = Math.sinh(a * column[i]!);
  },
  skewed: (column, stream) => {
    const a = logBetween([0.3, 1.5], stream) * (chance(0.75, stream) ? 1 : -1);
    for (let i = 0; i < column.length; i++) column[i] = Math.exp(a * column[i]!);
  },
  kumaraswamy: (column, stream) => {
    const [a, b] = [logBetween([0.2, 5], stream), logBetween([0.2, 5], stream)];
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < column.length; i++) {
      low = Math.min(low, column[i]!);
      high = Math.max(high, column[i]!);
    }
    if (!(high > low)) return;
    for (let i = 0; i < column.length; i++)
      column[i] = 1 - (1 - ((column[i]! - low) / (high - low)) ** a) ** b;
  },
  rounded: (column, stream) => {
    const step = 4 / logInteger([2, 50], stream);
    const offset = stream.uniform();
    for (let i = 0; i < column.length; i++) column[i] = Math.round(column[i]! / step + offset);
  },
  piled: (column, stream) => {
    const sign = chance(0.75, stream) ? 1 : -1;
    const least = between([-1.2, 0.5], stream);
    for (let i = 0; i < column.length; i++) column[i] = sign * Math.max(least, sign * column[i]!);
  },
};

/**
 * Warps a standardised column: `heavy` tails on both sides (sinh), `skewed` (log-normal), `kumaraswamy` (1 − (1 − u^a)^b of its
 * place u between the least and the greatest value), `rounded` to 2 to 50 steps over four standard deviations, `piled` up at
 * one end, as amounts are at zero. Where nothing would be left of it, it stays as it is.
 */
export function warp(column: Float64Array, kind: Warp, stream: Random): void {
  if (kind === 'none') return;
  const before = column.slice();
  WARPS[kind](column, stream);
  if (standardise(column) === 0) column.set(before);
}
