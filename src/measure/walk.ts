import type { Measurement } from '../core/measurement.js';

/** What is mixed on the way from one model to another. */
export type Walk = 'weights' | 'predictions';

/** A measurement of one point of a walk from t = 0 to 1. References are the two models, `a` and `b`, and textbook learners. */
export interface WalkRow extends Measurement {
  readonly walk: Walk;
  readonly t: number;
}

/** The textbook learner that is nearest from one point of a walk to another. */
export interface Stretch {
  readonly nearest: string;
  readonly from: number;
  readonly to: number;
}

/** Which textbook learner a walk's predictions are nearest to, by mean distance (`spd/d@…`), from t = 0 on. */
export function nearestAlong(rows: readonly WalkRow[], walk: Walk): Stretch[] {
  const nearest = new Map<number, WalkRow>();
  for (const row of rows) {
    if (row.walk !== walk || !row.metric.startsWith('spd/d@')) continue;
    if (row.reference === 'a' || row.reference === 'b') continue;
    if (!(row.value >= (nearest.get(row.t)?.value ?? Number.POSITIVE_INFINITY))) nearest.set(row.t, row);
  }
  const stretches: Stretch[] = [];
  for (const [t, { reference }] of [...nearest].sort(([one], [other]) => one - other)) {
    const last = stretches.at(-1);
    if (last?.nearest === reference) stretches[stretches.length - 1] = { ...last!, to: t };
    else stretches.push({ nearest: reference!, from: t, to: t });
  }
  return stretches;
}

/** `gd:1 at t = 0…0.4, then ols at t = 0.5…1` */
export const stretchesInWords = (
  stretches: readonly Stretch[],
  label: (learner: string) => string = String,
): string =>
  stretches
    .map(({ nearest, from, to }) => `${label(nearest)} at t = ${from === to ? from : `${from}…${to}`}`)
    .join(', then ');
