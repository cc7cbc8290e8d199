import type { Predictions } from '../core/episodes.js';
import { cosine } from './implied-weights.js';
import type { Labels, Values } from './values.js';

/**
 * Cosine of the residuals of two learners over the prefixes of `from` to `to` examples of each episode, [E,1]: its mean is
 * SimE (Fu et al., arXiv 2310.17086, §3).
 */
export function residualCosines(
  labels: Labels,
  a: Predictions,
  b: Predictions,
  [from, to]: readonly [from: number, to: number],
): Values {
  const { y, episodes, points } = labels;
  for (const { episodes: e, points: k } of [a, b])
    if (e !== episodes || k !== points)
      throw new Error(`${e}×${k} predictions for ${episodes}×${points} labels`);
  if (from < 0 || to >= points || from > to)
    throw new Error(`no examples ${from}…${to}: there are 0…${points - 1}`);
  const residuals = ({ values }: Predictions, e: number) =>
    Float64Array.from(
      { length: to - from + 1 },
      (_, k) => values[e * points + from + k]! - y[e * points + from + k]!,
    );
  const values = Float64Array.from({ length: episodes }, (_, e) => cosine(residuals(a, e), residuals(b, e)));
  return { values, episodes, points: 1 };
}
