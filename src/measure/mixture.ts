import type { Measurement } from '../core/measurement.js';
import type { Values } from './values.js';

/** Rows of means over episodes with their intervals. */
export type Means = (values: Values, metric: string, reference: string) => Measurement[];

/** A candidate that is not the nearest, by its squared prediction differences, [E,K]. */
export interface Other {
  readonly name: string;
  /** To the learner. */
  readonly distances: Values;
  /** To the nearest candidate. */
  readonly apart: Values;
}

/**
 * The mixture (1 − β)a + βb of the nearest candidate a and another one b that comes nearest to the learner p, for each
 * number of examples, with the b that leaves least: β = E(p − a)(b − a) ÷ E(b − a)², least squares on b − a. It is 0 for a
 * learner that is a, also where it differs from a by what has nothing to do with b, and ½ half-way between the two, be it
 * in every prediction or in half of the episodes.
 * @param nearest squared prediction differences between the learner and the nearest candidate, [E,K]
 * @returns rows `mixture-weight` of β and `mixture-spd/d` of the difference that is left, with b in `reference`; none where
 * no b brings it nearer
 */
export function mixtureRows(nearest: Values, others: readonly Other[], means: Means): Measurement[] {
  const { episodes, points } = nearest;
  const zeros = (): Values => ({ values: new Float64Array(episodes * points), episodes, points });
  const [weights, left] = [zeros(), zeros()];
  const chosen = Array.from({ length: points }, (_, k) => {
    const best = bestOf(nearest, others, k);
    if (best === undefined) return undefined;
    const { other, weight, apart } = best;
    for (let at = k; at < episodes * points; at += points) {
      const s = other.apart.values[at]!;
      const c = along(nearest, other, at);
      // What this episode does to the ratio of two means, to first order: its mean is β, its spread that of β.
      weights.values[at] = weight + (c - weight * s) / apart;
      left.values[at] = nearest.values[at]! - 2 * weight * c + weight ** 2 * s;
    }
    return other.name;
  });
  const rows = (values: Values, metric: string) =>
    means(values, metric, '').flatMap((row, k) =>
      chosen[k] === undefined ? [] : [{ ...row, reference: chosen[k] }],
    );
  return [...rows(weights, 'mixture-weight'), ...rows(left, 'mixture-spd/d')];
}

/** The other candidate towards which the learner lies, with its β and the mean of its difference to the nearest. */
function bestOf(nearest: Values, others: readonly Other[], k: number) {
  let best: { other: Other; weight: number; apart: number; gain: number } | undefined;
  const { episodes, points } = nearest;
  for (const other of others) {
    let [c, s] = [0, 0];
    for (let at = k; at < episodes * points; at += points) {
      c += along(nearest, other, at) / episodes;
      s += other.apart.values[at]! / episodes;
    }
    const gain = (c * c) / s;
    if (c > 0 && s > 0 && gain > (best?.gain ?? 0)) best = { other, weight: c / s, apart: s, gain };
  }
  return best;
}

/** (p − a)(b − a), by |p − b|² = |p − a|² − 2(p − a)(b − a) + |b − a|². */
const along = (nearest: Values, { distances, apart }: Other, at: number): number =>
  (nearest.values[at]! + apart.values[at]! - distances.values[at]!) / 2;
