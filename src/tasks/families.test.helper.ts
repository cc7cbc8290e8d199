import type { Episodes } from '../core/episodes.js';
import { random } from '../core/random.js';
import { type Family, parseFamily } from './index.js';

export function draw(spec: unknown, episodes = 2000, points = 6, seed = 1): Episodes {
  return parseFamily(spec).sample({ episodes, points, seed, stream: random(seed, 'test') });
}

/** How many standard errors the mean of independent values lies above what it should be. */
export function excess(values: ArrayLike<number>, expected: number): number {
  const all = Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const variance = all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (all.length - 1);
  if (mean === expected) return 0;
  return (mean - expected) / Math.sqrt(variance / all.length);
}

/** The mean of each episode's values, [E], so that what is averaged further is independent. */
export function perEpisode(values: Float64Array, episodes: number, of = (value: number) => value): number[] {
  const size = values.length / episodes;
  return Array.from({ length: episodes }, (_, e) => {
    let sum = 0;
    for (let at = e * size; at < (e + 1) * size; at++) sum += of(values[at]!);
    return sum / size;
  });
}

/** Column j of rows [n,width]. */
export function column(values: Float64Array, width: number, j: number): number[] {
  return Array.from({ length: values.length / width }, (_, row) => values[row * width + j]!);
}

/**
 * The posterior mean leaves an error that is uncorrelated with whatever the examples say, so with the prediction itself, with
 * 1, and with the last label: the largest such mean over prefixes, in standard errors.
 */
export async function bias(family: Family, episodes: Episodes): Promise<number> {
  const { values } = await family.bayes!().predict(episodes);
  const { points, truth, y } = episodes;
  let worst = 0;
  for (let k = 0; k < points; k++) {
    const errors = column(truth!, points, k).map((value, e) => value - values[e * points + k]!);
    const size = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
    if (size < 1e-5) continue; // known but for rounding
    const last = k === 0 ? errors.map(() => 1) : column(y, points, k - 1);
    for (const against of [column(values, points, k), errors.map(() => 1), last])
      worst = Math.max(
        worst,
        Math.abs(
          excess(
            errors.map((error, e) => error * against[e]!),
            0,
          ),
        ),
      );
  }
  return worst;
}
