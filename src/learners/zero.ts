import type { Learner } from '../core/episodes.js';
import { textbook } from './textbook.js';

/** Predicts 0 always: the mean of every prior that is symmetric around zero, and what an untrained model is near to. */
export function zero(): Learner {
  return textbook('zero', ({ episodes, points }) => new Float64Array(episodes * points));
}
