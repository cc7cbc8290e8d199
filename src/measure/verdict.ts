import type { Measurement } from '../core/measurement.js';

/** Which candidates a learner can be told from, for one number of examples or over a range of them. */
export interface Verdict {
  /** Number of examples; the last one of a range. */
  readonly examples: number;
  /** Whether this is the mean over a range of examples. */
  readonly overall: boolean;
  readonly nearest: string;
  /** The squared prediction difference to the nearest ÷ d, with its interval. */
  readonly distance: Interval;
  /** The share of the episodes in which no other is nearer. */
  readonly share: number;
  /** How much farther the second nearest is, with its paired interval. */
  readonly margin: Interval;
  /** The candidates that the nearest cannot be told from: the interval of their margin includes 0 (or what rounding makes of it). */
  readonly indistinguishable: readonly string[];
  /** The mixture of the nearest and another candidate that matches better, where the other has more than a trace in it. */
  readonly mixture?: {
    readonly of: string;
    /** The other's share, from 0 at the nearest to ½ half-way; its interval lies above 0.1. */
    readonly weight: Interval;
    /** The squared prediction difference to the mixture ÷ d. */
    readonly distance: Interval;
  };
  /** Whether nothing speaks against the nearest: all others told from it, no better mixture, nearest in most episodes. */
  readonly alone: boolean;
}

type Interval = Pick<Measurement, 'value' | 'low' | 'high'>;

/** Margins below this share of the distance may come from the rounding of float32 alone. */
const ROUNDING = 1e-6;

/** A share in a mixture that is not worth a word. */
const TRACE = 0.1;
/** The share of episodes that are most. A learner that is one of two by the toss of a coin is far from it. */
const MOST = 2 / 3;

/** What the rows of `identify` say, in order of examples, the mean over the range last. */
export function verdicts(rows: readonly Measurement[]): Verdict[] {
  const groups = new Map<string, Measurement[]>();
  for (const row of rows) {
    const [metric, range = String(row.examples)] = row.metric.split('@');
    if (metric === 'spd/d') groups.set(range, groups.get(range) ?? []);
    groups.get(range)?.push(row);
  }
  return [...groups].map(([range, group]) => verdictOf(group, range.includes('-')));
}

/** @param rows those for one number of examples, or for one range */
function verdictOf(rows: readonly Measurement[], overall: boolean): Verdict {
  const of = (kind: string) => rows.filter(({ metric }) => metric.split('@')[0] === kind);
  const ascending = (kind: string) => of(kind).sort((a, b) => a.value - b.value);
  const nearest = ascending('spd/d')[0]!;
  const others = ascending('margin/d').filter(({ reference }) => reference !== nearest.reference);
  const share = of('nearest-share').find(({ reference }) => reference === nearest.reference)!.value;
  const indistinguishable = others
    .filter(({ low }) => low <= ROUNDING * nearest.value)
    .map(({ reference }) => reference!);
  const mixture = mixtureOf(of('mixture-weight')[0], of('mixture-spd/d')[0]);
  return {
    examples: nearest.examples,
    overall,
    nearest: nearest.reference!,
    distance: interval(nearest),
    share,
    margin: others[0] === undefined ? NONE : interval(others[0]),
    indistinguishable,
    ...(mixture === undefined ? {} : { mixture }),
    alone: indistinguishable.length === 0 && mixture === undefined && share > MOST,
  };
}

function mixtureOf(weight: Measurement | undefined, distance: Measurement | undefined): Verdict['mixture'] {
  if (weight === undefined || distance === undefined || weight.low <= TRACE) return undefined;
  return { of: weight.reference!, weight: interval(weight), distance: interval(distance) };
}

const interval = ({ value, low, high }: Measurement): Interval => ({ value, low, high });

/** The margin where there is no other candidate. */
const NONE: Interval = {
  value: Number.POSITIVE_INFINITY,
  low: Number.POSITIVE_INFINITY,
  high: Number.POSITIVE_INFINITY,
};
