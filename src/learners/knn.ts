import type { Episodes, Learner } from '../core/episodes.js';
import { invalid } from '../core/errors.js';
import { textbook } from './textbook.js';

export interface KnnOptions {
  /** Number of neighbours; all examples where there are fewer. Default 3. */
  readonly k?: number;
  /** How neighbours are weighted: alike, or by 1/|x − x_i|² or 1/|x − x_i| (where some lie on the query, only those). */
  readonly weights?: KnnWeights;
}

export type KnnWeights = 'uniform' | 'inverse-square' | 'inverse';

/** The weightings as they are written after `knn:3`. */
const WORDS = { uniform: '', 'inverse-square': ':weighted', inverse: ':inverse' } as const;

/**
 * k nearest neighbours by Euclidean distance; of neighbours at the same distance the earlier counts as nearer; 0
 * before the first example. Akyürek et al., arXiv 2211.15661, §4.3: k = 3, alike and by inverse squares; their released
 * code takes k = 5 and weights 1/|x − x_i|.
 * @throws IcicleError where k is not a whole number from 1.
 */
export function knn(options: KnnOptions = {}): Learner {
  const { k = 3, weights = 'uniform' } = options;
  if (!Number.isInteger(k) || k < 1)
    throw invalid('number of neighbours', k, 'it must be a whole number from 1');
  return textbook(`knn:${k}${WORDS[weights]}`, (episodes) => predictKnn(episodes, k, weights));
}

function predictKnn(
  { x, y, episodes, points, inputs }: Episodes,
  k: number,
  weights: KnnWeights,
): Float64Array {
  const values = new Float64Array(episodes * points);
  const distance = new Float64Array(k); // the nearest so far, ascending
  const label = new Float64Array(k);
  for (let e = 0; e < episodes; e++) {
    for (let q = 1; q < points; q++) {
      const query = (e * points + q) * inputs;
      let found = 0;
      for (let i = 0; i < q; i++) {
        const example = (e * points + i) * inputs;
        let square = 0;
        for (let j = 0; j < inputs; j++) {
          const difference = x[query + j]! - x[example + j]!;
          square += difference * difference;
        }
        if (found === k && square >= distance[k - 1]!) continue;
        let at = found < k ? found++ : k - 1;
        for (; at > 0 && distance[at - 1]! > square; at--) {
          distance[at] = distance[at - 1]!;
          label[at] = label[at - 1]!;
        }
        distance[at] = square;
        label[at] = y[e * points + i]!;
      }
      values[e * points + q] =
        weights === 'uniform' ? uniform(label, found) : inverse(label, distance, found, weights);
    }
  }
  return values;
}

function uniform(label: Float64Array, found: number): number {
  let sum = 0;
  for (let i = 0; i < found; i++) sum += label[i]!;
  return sum / found;
}

function inverse(label: Float64Array, distance: Float64Array, found: number, weights: KnnWeights): number {
  const exact = distance[0] === 0;
  let sum = 0;
  let total = 0;
  for (let i = 0; i < found; i++) {
    // Weights relative to the nearest, so that tiny distances cannot overflow.
    const square = exact ? (distance[i] === 0 ? 1 : 0) : distance[0]! / distance[i]!;
    const weight = weights === 'inverse' ? Math.sqrt(square) : square;
    sum += weight * label[i]!;
    total += weight;
  }
  return sum / total;
}
