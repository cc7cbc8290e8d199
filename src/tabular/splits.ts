import { IcicleError, invalid } from '../core/errors.js';

/** How labelled rows are split for a held-out comparison. */
export interface Splits {
  /** Share of the labelled rows that is held out in each repeat, between 0 and 1. */
  readonly share: number;
  readonly repeats: number;
  /** Labelled rows that are shown in each repeat; all that are not held out (at most 300) if left out. */
  readonly examples?: number;
}

/** At most this many labelled rows are shown in a repeat, and at most this many held-out rows are asked. */
export const MOST_SHOWN = 300;
export const MOST_ASKED = 100;

/**
 * How many rows are shown and how many asked in each repeat.
 * @param labelled rows with a label
 * @throws IcicleError: a share or number that cannot be (exit code 2), too few labelled rows
 */
export function splitSizes(labelled: number, splits: Splits): { shown: number; asked: number } {
  const { share, repeats, examples } = splits;
  if (!(share > 0 && share < 1))
    throw invalid('option share', share, 'a share between 0 and 1, such as 0.25');
  if (!Number.isInteger(repeats) || repeats < 1)
    throw invalid('option repeats', repeats, 'a whole number from 1, such as 20');
  const held = Math.max(1, Math.round(labelled * share));
  const left = labelled - held;
  if (left < 3)
    throw new IcicleError(
      `too few labelled rows: ${labelled}, of which a held-out share of ${share} leaves ${left} to learn from: at least 3 are ` +
        'needed; hold out less or label more rows',
    );
  if (examples !== undefined && !(examples >= 3 && examples <= left))
    throw invalid(
      'option examples',
      examples,
      `3 to ${left} here: ${held} of ${labelled} labelled rows are held out`,
    );
  return { shown: Math.min(examples ?? left, MOST_SHOWN), asked: Math.min(held, MOST_ASKED) };
}
