import { random } from '../core/random.js';
import type { IntervalOptions } from './intervals.js';

/** A parameter of a textbook learner that matches another learner best, such as ridge's λ, with its interval. */
export interface Fit {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** The mean distance there. */
  readonly distance: number;
}

/**
 * The parameter with the least mean distance, and a percentile bootstrap interval of it over episodes, paired: every
 * resample draws the same episodes for all parameters.
 * @param grid ascending parameters
 * @param distances for each parameter of the grid the distance in each episode, [E]
 * @param between how to go between two points of the grid: `log` interpolates with a parabola through the least point
 * and its neighbours over the logarithm of the parameter, `none` keeps to the grid (numbers of steps)
 * @throws Error where grid and distances do not fit together
 */
export function fitParameter(
  grid: readonly number[],
  distances: readonly Float64Array[],
  between: 'log' | 'none',
  options: IntervalOptions,
): Fit {
  const episodes = distances[0]?.length ?? 0;
  if (
    episodes === 0 ||
    grid.length !== distances.length ||
    distances.some(({ length }) => length !== episodes)
  )
    throw new Error(`a grid of ${grid.length} parameters needs as many distances over the same episodes`);
  const { seed, level = 0.9, trials = 1000 } = options;
  const all = Float64Array.from(distances, (own) => own.reduce((a, b) => a + b, 0) / episodes);
  const best = leastAt(grid, all, between);

  const stream = random(seed, 'bootstrap', episodes);
  const fitted = new Float64Array(trials);
  const counts = new Float64Array(episodes);
  for (let trial = 0; trial < trials; trial++) {
    counts.fill(0);
    for (let draw = 0; draw < episodes; draw++) {
      const e = stream.integer(episodes);
      counts[e] = counts[e]! + 1;
    }
    const means = Float64Array.from(distances, (own) => {
      let sum = 0;
      for (let e = 0; e < episodes; e++) sum += counts[e]! * own[e]!;
      return sum / episodes;
    });
    fitted[trial] = leastAt(grid, means, between);
  }
  fitted.sort();
  const at = (share: number) => fitted[Math.round(share * (trials - 1))]!;
  return { value: best, low: at((1 - level) / 2), high: at((1 + level) / 2), distance: Math.min(...all) };
}

/** Where a curve over the grid is least. */
function leastAt(grid: readonly number[], curve: Float64Array, between: 'log' | 'none'): number {
  let i = 0;
  for (let c = 1; c < curve.length; c++) if (curve[c]! < curve[i]!) i = c;
  if (between === 'none' || i === 0 || i === curve.length - 1) return grid[i]!;
  const [x0, x1, x2] = [Math.log(grid[i - 1]!), Math.log(grid[i]!), Math.log(grid[i + 1]!)];
  const left = (curve[i]! - curve[i - 1]!) / (x1 - x0);
  const right = (curve[i + 1]! - curve[i]!) / (x2 - x1);
  const bend = (right - left) / (x2 - x0);
  if (!(bend > 0)) return grid[i]!;
  // The parabola's slope at x1, and from there to where it is 0, no farther than the neighbours.
  const slope = left + bend * (x1 - x0);
  return Math.exp(Math.min(x2, Math.max(x0, x1 - slope / (2 * bend))));
}
