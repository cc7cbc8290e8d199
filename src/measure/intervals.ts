import { type Random, random } from '../core/random.js';
import type { Values } from './values.js';

export interface IntervalOptions {
  /** Seed of the resampling. The same seed draws the same episodes for every series, so that series are paired. */
  readonly seed: number;
  /** Share of the resamples between low and high. Default 0.9. */
  readonly level?: number;
  /** Number of resamples. Default 1000. */
  readonly trials?: number;
}

/** An estimate by number of examples with the ends of its interval, each [K]. */
export interface Estimates {
  readonly value: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** More episodes than this are averaged in as many blocks, and blocks are resampled: the mean's interval is the same. */
export const MAX_BLOCKS = 1024;

/**
 * Means over episodes with percentile bootstrap intervals: episodes are drawn with replacement, all prefixes of an
 * episode together (Efron & Tibshirani, An Introduction to the Bootstrap, §13.3; 1000 resamples and 90 % as in Garg et
 * al., arXiv 2208.01066).
 * @throws Error where there are no episodes.
 */
export function bootstrapMeans(values: Values, options: IntervalOptions): Estimates {
  return bootstrap(values.episodes, options)(values);
}

/** `bootstrapMeans` for several series over the same episodes, which are drawn once for all. */
export function bootstrap(episodes: number, options: IntervalOptions): (values: Values) => Estimates {
  const { seed, level = 0.9, trials = 1000 } = options;
  if (episodes < 1) throw new Error('no episodes to measure');
  const blocks = Math.min(episodes, MAX_BLOCKS);
  const counts = drawBlocks(blocks, trials, random(seed, 'bootstrap', episodes));
  const sizes = Float64Array.from({ length: blocks }, (_, b) => Math.ceil((episodes - b) / blocks));
  const drawn = sumsOfDrawn(counts, sizes, trials);
  return (values) => {
    if (values.episodes !== episodes) throw new Error(`${values.episodes} episodes in place of ${episodes}`);
    const { points } = values;
    const value = new Float64Array(points);
    const low = new Float64Array(points);
    const high = new Float64Array(points);
    for (let k = 0; k < points; k++) {
      const sums = inBlocks(values, k, blocks);
      for (const sum of sums) value[k] = value[k]! + sum / episodes;
      const sorted = sumsOfDrawn(counts, sums, trials);
      for (let trial = 0; trial < trials; trial++) sorted[trial] = sorted[trial]! / drawn[trial]!;
      sorted.sort();
      low[k] = quantile(sorted, (1 - level) / 2);
      high[k] = quantile(sorted, (1 + level) / 2);
    }
    return { value, low, high };
  };
}

/** How often each block is drawn in each resample, [trials,blocks]. */
export function drawBlocks(blocks: number, trials: number, stream: Random): Uint16Array {
  const counts = new Uint16Array(trials * blocks);
  for (let first = 0; first < counts.length; first += blocks) {
    for (let draw = 0; draw < blocks; draw++) {
      const at = first + stream.integer(blocks);
      counts[at] = counts[at]! + 1;
    }
  }
  return counts;
}

/** In each resample the sum over the blocks that were drawn, [trials]. */
function sumsOfDrawn(counts: Uint16Array, ofBlocks: Float64Array, trials: number): Float64Array {
  const blocks = ofBlocks.length;
  const sums = new Float64Array(trials);
  for (let trial = 0; trial < trials; trial++) {
    let sum = 0;
    for (let b = 0; b < blocks; b++) sum += counts[trial * blocks + b]! * ofBlocks[b]!;
    sums[trial] = sum;
  }
  return sums;
}

/** With k examples the sums of episodes b, b + blocks, b + 2·blocks, … in block b, [blocks]. */
function inBlocks({ values, episodes, points }: Values, k: number, blocks: number): Float64Array {
  const sums = new Float64Array(blocks);
  for (let e = 0; e < episodes; e++) sums[e % blocks] = sums[e % blocks]! + values[e * points + k]!;
  return sums;
}

/**
 * Medians over episodes. The interval is between two order statistics whose ranks follow from the binomial
 * distribution, which holds whatever the distribution of the values, and is where the percentile bootstrap of a median
 * tends to. For errors without a finite mean, such as least squares on as many noisy examples as inputs.
 * @throws Error where there are no episodes.
 */
export function medians(values: Values, options: { readonly level?: number } = {}): Estimates {
  const { episodes, points } = values;
  if (episodes < 1) throw new Error('no episodes to measure');
  const rank = lowRank(episodes, options.level ?? 0.9);
  const value = new Float64Array(points);
  const low = new Float64Array(points);
  const high = new Float64Array(points);
  const sorted = new Float64Array(episodes);
  for (let k = 0; k < points; k++) {
    for (let e = 0; e < episodes; e++) sorted[e] = values.values[e * points + k]!;
    sorted.sort();
    value[k] = quantile(sorted, 0.5);
    low[k] = sorted[rank]!;
    high[k] = sorted[episodes - 1 - rank]!;
  }
  return { value, low, high };
}

/**
 * The highest r, counted from 0, such that the median lies between the order statistics r and n − 1 − r with at least
 * the given probability: P(Binomial(n, ½) ≤ r) ≤ (1 − level)/2. 0, the extremes, where even those are too narrow.
 */
function lowRank(n: number, level: number): number {
  let log = n * Math.log(0.5);
  let below = 0;
  for (let i = 0; i < n / 2; i++) {
    below += Math.exp(log); // P(Binomial ≤ i)
    if (below > (1 - level) / 2) return Math.max(0, i - 1);
    log += Math.log((n - i) / (i + 1));
  }
  return Math.floor((n - 1) / 2);
}

/** Quantile of ascending values, linear between order statistics. */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const rest = at - below;
  const a = sorted[below]!;
  return rest === 0 ? a : a + rest * (sorted[below + 1]! - a);
}
