import type { Episodes, Learner, Predictions } from '../core/episodes.js';

/** What a learner says of a batch: the values [E,K], or these with the variance of the labels. */
type Answer = Float64Array | Omit<Predictions, 'episodes' | 'points'>;

/**
 * A learner from a plain function that gives the predictions of a batch. All textbook learners are float64 and
 * predict 0 for a query without examples, the mean of every prior that is symmetric around zero.
 */
export function textbook(name: string, predict: (episodes: Episodes) => Answer): Learner {
  return {
    name,
    predict: async (episodes) => {
      const answer = predict(episodes);
      return {
        ...(answer instanceof Float64Array ? { values: answer } : answer),
        episodes: episodes.episodes,
        points: episodes.points,
      };
    },
  };
}
