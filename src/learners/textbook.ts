import type { Episodes, Learner } from '../core/episodes.js';

/**
 * A learner from a plain function that gives the predictions [E,K] of a batch. All textbook learners are float64 and
 * predict 0 for a query without examples, the mean of every prior that is symmetric around zero.
 */
export function textbook(name: string, predict: (episodes: Episodes) => Float64Array): Learner {
  return {
    name,
    predict: async (episodes) => ({
      values: predict(episodes),
      episodes: episodes.episodes,
      points: episodes.points,
    }),
  };
}
