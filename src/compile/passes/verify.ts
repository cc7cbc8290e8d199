import type { Episodes, Learner } from '../../core/episodes.js';

/** How far a compiled model is from the textbook. */
export interface Verified {
  /** The largest absolute error of a prediction. */
  readonly largest: number;
  /** Where it occurred. */
  readonly episode: number;
  readonly examples: number;
  readonly rootMeanSquare: number;
}

/** Holds every prediction of a model, for every number of examples, against the textbook learner's. */
export async function verify(model: Learner, textbook: Learner, episodes: Episodes): Promise<Verified> {
  const [found, expected] = [await model.predict(episodes), await textbook.predict(episodes)];
  let [largest, at, sum] = [0, 0, 0];
  for (const [i, value] of found.values.entries()) {
    const distance = Math.abs(value - expected.values[i]!);
    // What is not a number is the worst.
    const error = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
    sum += error * error;
    if (error > largest) [largest, at] = [error, i];
  }
  return {
    largest,
    episode: Math.floor(at / episodes.points),
    examples: at % episodes.points,
    rootMeanSquare: Math.sqrt(sum / found.values.length),
  };
}
