import type { Episodes, Learner } from '../core/episodes.js';
import { random } from '../core/random.js';

/** y = wᵀx + σ·noise, x and w ~ N(0, I). */
export function normalEpisodes(
  seed: number,
  episodes: number,
  points: number,
  inputs: number,
  sigma = 0.5,
): Episodes {
  const stream = random(seed, 'test');
  const x = Float64Array.from({ length: episodes * points * inputs }, stream.normal);
  const y = new Float64Array(episodes * points);
  for (let e = 0; e < episodes; e++) {
    const w = Array.from({ length: inputs }, stream.normal);
    for (let k = 0; k < points; k++) {
      const at = (e * points + k) * inputs;
      y[e * points + k] = sigma * stream.normal() + w.reduce((sum, wj, j) => sum + wj * x[at + j]!, 0);
    }
  }
  return { x, y, episodes, points, inputs, family: 'test', seed };
}

/** One episode from rows of x and labels; the last row is the query. */
export function episode(rows: number[][], labels: number[]): Episodes {
  const [points, inputs] = [rows.length, rows[0]!.length];
  return {
    x: Float64Array.from(rows.flat()),
    y: Float64Array.from(labels),
    episodes: 1,
    points,
    inputs,
    family: 'test',
    seed: 0,
  };
}

/** What is predicted for the last row from the others. */
export async function last(learner: Learner, rows: number[][], labels: number[]): Promise<number> {
  return (await learner.predict(episode(rows, labels))).values.at(-1)!;
}

/** The weights of a linear learner: its predictions for unit vectors, asked after the given examples. */
export async function weightsOf(learner: Learner, rows: number[][], labels: number[]): Promise<number[]> {
  const d = rows[0]!.length;
  const units = Array.from({ length: d }, (_, i) => Array.from({ length: d }, (_, j) => (i === j ? 1 : 0)));
  return Promise.all(units.map((unit) => last(learner, [...rows, unit], [...labels, 0])));
}
