import { quantileAt } from '../../model/table/config.js';
import { weighed } from './weigh.js';

/** Quantiles, a head's predictions and the truth of rows that were held out. */
export interface HeldOutNumbers {
  readonly q: number;
  /** [rows] */
  readonly truth: ArrayLike<number>;
  /** [rows,Q] */
  readonly network: Float64Array;
  /** [rows] */
  readonly head: Float64Array;
}

/** How the network's quantiles and the head's prediction become one. */
export interface NumberBlend {
  /** Share of the network. */
  readonly share: number;
  /** Quantiles of what the head misses by on a new row, [Q]. */
  readonly errors: Float64Array;
}

const SHARES = Array.from({ length: 11 }, (_, i) => i / 10);
/** Few labels can make a line look good by chance; the network has seen more of tables than they tell. */
const LEANING = SHARES.map((share) => Math.exp(2 * share));
/** Quantiles of n errors are short of what comes next by about this ÷ n of their distance from the middle, as a normal's are of Student's t. */
const SHORT = 3;

/** @param deviation of the labelled targets: how far a head may be off where that was not measured */
export function fitNumberBlend(held: HeldOutNumbers, deviation: number): NumberBlend {
  const { q, truth, head } = held;
  const missed = Float64Array.from(head, (value, r) => truth[r]! - value).sort();
  const middle = missed.length < 2 ? 0 : quantileAt(0.5, missed);
  const errors = Float64Array.from({ length: q }, (_, i) =>
    missed.length < 2
      ? deviation * normalLike((i + 0.5) / q)
      : middle + (1 + SHORT / missed.length) * (quantileAt((i + 0.5) / q, missed) - middle),
  );
  if (missed.length === 0) return { share: weighed(SHARES, LEANING, () => 0), errors };
  const share = weighed(SHARES, LEANING, (value) => {
    // The likelihood of a Laplace distribution whose scale is the mean loss itself.
    const blend = blendNumbers({ share: value, errors }, held.network, head, q);
    return truth.length * Math.log(pinballOf(blend, truth, q) + 1e-12 * deviation);
  });
  return { share, errors };
}

/** Blended quantiles: the mean of both quantile functions, [rows,Q]. */
export function blendNumbers(
  { share, errors }: NumberBlend,
  network: Float64Array,
  head: Float64Array,
  q: number,
): Float64Array {
  return network.map((value, i) => share * value + (1 - share) * (head[Math.floor(i / q)]! + errors[i % q]!));
}

/** The mean pinball loss over rows and quantiles. @param quantiles [rows,Q] */
export function pinballOf(quantiles: Float64Array, truth: ArrayLike<number>, q: number): number {
  let sum = 0;
  quantiles.forEach((value, i) => {
    const level = ((i % q) + 0.5) / q;
    const error = truth[Math.floor(i / q)]! - value;
    sum += Math.max(level * error, (level - 1) * error);
  });
  return sum / quantiles.length;
}

/**
 * By how much both ends of an interval move outwards so that it holds held-out labels as often as the level says (conformalised
 * quantile regression; Romano, Patterson and Candès, NeurIPS 2019); it is negative where intervals may be narrower.
 * @param quantiles [rows,Q]
 * @returns none where there are too few held-out labels for the level
 */
export function intervalMargin(
  quantiles: Float64Array,
  truth: ArrayLike<number>,
  q: number,
  level: number,
): number | undefined {
  const n = truth.length;
  const outside = Float64Array.from({ length: n }, (_, r) => {
    const [low, high] = intervalOf(quantiles.subarray(r * q, (r + 1) * q), level);
    return Math.max(low - truth[r]!, truth[r]! - high);
  }).sort();
  const place = Math.ceil((n + 1) * level - 1e-9);
  return place > n ? undefined : outside[place - 1]!;
}

/** The central interval of some level. @param quantiles [Q] */
export function intervalOf(quantiles: Float64Array, level: number): [number, number] {
  return [quantileAt((1 - level) / 2, quantiles), quantileAt((1 + level) / 2, quantiles)];
}

/** Log-odds, scaled to a variance of 1. */
const normalLike = (level: number): number => (Math.log(level / (1 - level)) * Math.sqrt(3)) / Math.PI;

/** The mean of a distribution, from its quantiles [Q]. */
export const meanOfQuantiles = (quantiles: Float64Array): number =>
  quantiles.reduce((sum, value) => sum + value / quantiles.length, 0);
