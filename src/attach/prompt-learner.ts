import type { Learner } from '../core/episodes.js';
import type { Attached } from './attach.js';

/**
 * Attached layers as a learner of prompts, so that they stand beside all others in comparisons: each prefix of an episode is a
 * task of its own. Before there are two examples it predicts the constant: the one label with an intercept, else 0.
 * @param attached of numbers, on an encoder that takes a point's inputs [D]
 */
export function promptLearner(attached: Attached<Float64Array, 'numbers'>): Learner {
  return {
    name: attached.name,
    predict: async ({ x, y, episodes, points, inputs }) => {
      const values = new Float64Array(episodes * points);
      for (let e = 0; e < episodes; e++) {
        const at = (k: number) => x.slice((e * points + k) * inputs, (e * points + k + 1) * inputs);
        const seen = Array.from({ length: points }, (_, k) => at(k));
        const labels = Array.from(y.subarray(e * points, (e + 1) * points));
        for (let k = 0; k < points; k++) {
          if (k < 2) {
            values[e * points + k] = k === 1 && attached.settings.intercept ? labels[0]! : 0;
            continue;
          }
          const task = await attached.context(seen.slice(0, k), labels.slice(0, k));
          values[e * points + k] = (await task.predict([seen[k]!]))[0]!.value;
        }
      }
      return { values, episodes, points };
    },
  };
}
