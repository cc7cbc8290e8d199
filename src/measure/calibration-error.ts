import type { Predictions } from '../core/episodes.js';
import type { Measurement } from '../core/measurement.js';
import { random } from '../core/random.js';
import { drawBlocks, MAX_BLOCKS } from './intervals.js';
import type { About, MetricOptions } from './metrics.js';
import type { Labels } from './values.js';

/** The most bins, and the fewest episodes of one. */
const BINS = 10;
const LEAST_EPISODES = 20;

/**
 * The expected calibration error of the probability of label 1, by number of examples: episodes are sorted by P(1) into
 * ten bins of equal count (fewer where there are less than 200 episodes), and the mean over bins of |mean P(1) − share of
 * label 1| is taken (Naeini et al., AAAI 2015; bins of equal count: Nguyen & O'Connor, arXiv 1508.05154). Rows `ece`, and
 * rows `ece-by-chance` of what it would be on average if every P(1) were right: it is above 0, since shares of finitely
 * many labels vary.
 *
 * The interval is the basic bootstrap's over episodes, bins kept: resamples lie about as far above the sample as the sample
 * above what all episodes would give, and are mirrored therefore. It is widened to hold the value, and cut at 0.
 * @throws Error where there are no episodes
 */
export function calibrationError(
  labels: Labels,
  { values }: Predictions,
  about: About,
  options: MetricOptions = {},
): Measurement[] {
  const { episodes, points, y } = labels;
  if (episodes < 1) throw new Error('no episodes to measure');
  const binned = Array.from({ length: points }, (_, k) => {
    const chances = Float64Array.from({ length: episodes }, (_, e) => (1 + values[e * points + k]!) / 2);
    const outcomes = Uint8Array.from(chances, (_, e) => (y[e * points + k]! > 0 ? 1 : 0));
    return inBins(chances, outcomes);
  });
  const ends = intervals(binned, episodes, { ...options, seed: about.seed });
  const rows = (metric: string, of: (k: number) => Pick<Measurement, 'value' | 'low' | 'high'>) =>
    binned.map((_, k): Measurement => ({ ...about, examples: k, metric, ...of(k), episodes }));
  return [
    ...rows('ece', (k) => ({ value: errorOf(binned[k]!, episodes), ...ends[k]! })),
    ...rows('ece-by-chance', (k) => {
      const value = byChance(binned[k]!, episodes);
      return { value, low: value, high: value };
    }),
  ];
}

/** Episodes in bins of their probability, after some number of examples. */
interface Binned {
  readonly bins: number;
  /** The bin of each episode, [E]. */
  readonly bin: Uint8Array;
  /** P(1) − [label is 1] of each episode, [E]. */
  readonly gaps: Float64Array;
  /** Variance of the label in each bin, if P(1) is right: Σ P(1)(1 − P(1)), [bins]. */
  readonly variance: Float64Array;
}

function inBins(chances: Float64Array, outcomes: Uint8Array): Binned {
  const episodes = chances.length;
  const bins = Math.max(1, Math.min(BINS, Math.floor(episodes / LEAST_EPISODES)));
  const order = Array.from(chances.keys()).sort((a, b) => chances[a]! - chances[b]!);
  const bin = new Uint8Array(episodes);
  const variance = new Float64Array(bins);
  for (const [rank, e] of order.entries()) {
    const b = Math.floor((rank * bins) / episodes);
    bin[e] = b;
    variance[b] = variance[b]! + Math.max(0, chances[e]! * (1 - chances[e]!));
  }
  return { bins, bin, gaps: chances.map((p, e) => p - outcomes[e]!), variance };
}

function errorOf({ bins, bin, gaps }: Binned, episodes: number): number {
  const sums = new Float64Array(bins);
  for (let e = 0; e < episodes; e++) sums[bin[e]!] = sums[bin[e]!]! + gaps[e]!;
  return sumOfSizes(sums) / episodes;
}

const sumOfSizes = (sums: Float64Array) => sums.reduce((total, sum) => total + Math.abs(sum), 0);

/** √(2v/π) for a sum that is about normal with variance v, and no more than Σ E|P(1) − [label is 1]| = 2v, where it is not. */
function byChance({ variance }: Binned, episodes: number): number {
  const expected = variance.map((v) => Math.min(Math.sqrt((2 * v) / Math.PI), 2 * v));
  return sumOfSizes(expected) / episodes;
}

/** For each number of examples the interval's ends. The same episodes are drawn as in `bootstrapMeans`. */
function intervals(
  binned: readonly Binned[],
  episodes: number,
  { seed, level = 0.9, trials = 1000 }: MetricOptions & { readonly seed: number },
): { low: number; high: number }[] {
  const blocks = Math.min(episodes, MAX_BLOCKS);
  const sums = binned.map((one) => blockSums(one, blocks));
  const resampled = binned.map(() => new Float64Array(trials));
  const counts = drawBlocks(blocks, trials, random(seed, 'bootstrap', episodes)); // [trials,blocks]
  for (let trial = 0; trial < trials; trial++) {
    for (const [k, { bins }] of binned.entries()) {
      const totals = new Float64Array(bins);
      for (const { block, bin, sum } of sums[k]!)
        totals[bin] = totals[bin]! + counts[trial * blocks + block]! * sum;
      resampled[k]![trial] = sumOfSizes(totals) / episodes;
    }
  }
  return binned.map((one, k) => {
    const value = errorOf(one, episodes);
    const sorted = resampled[k]!.sort();
    const mirrored = (share: number) => 2 * value - sorted[Math.round(share * (trials - 1))]!;
    return {
      low: Math.max(0, Math.min(value, mirrored((1 + level) / 2))),
      high: Math.max(value, mirrored((1 - level) / 2)),
    };
  });
}

/** Sums of the gaps of each block in each bin, those that are not 0. */
function blockSums({ bins, bin, gaps }: Binned, blocks: number) {
  const sums = new Float64Array(blocks * bins);
  for (const [e, gap] of gaps.entries()) {
    const at = (e % blocks) * bins + bin[e]!;
    sums[at] = sums[at]! + gap;
  }
  return Array.from(sums, (sum, at) => ({ block: Math.floor(at / bins), bin: at % bins, sum })).filter(
    ({ sum }) => sum !== 0,
  );
}
