import { describe, expect, it } from 'vitest';
import type { Episodes, Learner } from '../core/episodes.js';
import { random } from '../core/random.js';
import { impliedWeights, residualCosines, weightCosines, weightDistances } from './index.js';

const [EPISODES, POINTS, INPUTS] = [6, 5, 3];
const stream = random(1, 'implied');
const normals = (length: number) => Float64Array.from({ length }, stream.normal);
const episodes: Episodes = {
  x: normals(EPISODES * POINTS * INPUTS),
  y: normals(EPISODES * POINTS),
  episodes: EPISODES,
  points: POINTS,
  inputs: INPUTS,
  family: 'test',
  seed: 1,
};
const queries = normals(40 * INPUTS);

/** f(weights · query), with weights = the sum of label × input over the examples shown. */
function learner(name: string, f: (value: number) => number): Learner {
  return {
    name,
    predict: async ({ x, y, episodes: e, points, inputs }) => {
      const values = new Float64Array(e * points);
      for (let at = 0; at < e; at++)
        for (let k = 0; k < points; k++) {
          let sum = 0;
          for (let i = 0; i < k; i++)
            for (let j = 0; j < inputs; j++)
              sum +=
                y[at * points + i]! * x[(at * points + i) * inputs + j]! * x[(at * points + k) * inputs + j]!;
          values[at * points + k] = f(sum);
        }
      return { values, episodes: e, points };
    },
  };
}

describe('implied weights', () => {
  it('are the weights of a learner that is linear in its query', async () => {
    const examples = 2;
    const { weights, r2 } = await impliedWeights(
      learner('linear', (v) => v),
      episodes,
      examples,
      queries,
    );
    for (let e = 0; e < EPISODES; e++) {
      expect(r2[e]).toBeCloseTo(1, 10);
      for (let j = 0; j < INPUTS; j++) {
        let sum = 0;
        for (let i = 0; i < examples; i++)
          sum += episodes.y[e * POINTS + i]! * episodes.x[(e * POINTS + i) * INPUTS + j]!;
        expect(weights[e * INPUTS + j]).toBeCloseTo(sum, 10);
      }
    }
  });

  it('come with an R² that shows a learner that is not', async () => {
    const { r2 } = await impliedWeights(
      learner('cubic', (v) => v ** 3),
      episodes,
      3,
      queries,
    );
    for (const value of r2) expect(value).toBeLessThan(0.95);
    const even = await impliedWeights(
      learner('square', (v) => v ** 2),
      episodes,
      3,
      queries,
    );
    for (const value of even.r2) expect(value).toBeLessThan(0.6);
  });

  it('have a distance and a cosine', async () => {
    const one = await impliedWeights(
      learner('one', (v) => v),
      episodes,
      3,
      queries,
    );
    const three = await impliedWeights(
      learner('three', (v) => 3 * v),
      episodes,
      3,
      queries,
    );
    const square = (e: number) =>
      one.weights.subarray(e * INPUTS, (e + 1) * INPUTS).reduce((sum, v) => sum + v * v, 0);
    weightDistances(one, three).values.forEach((value, e) => {
      expect(value).toBeCloseTo(4 * square(e), 8);
    });
    for (const value of weightCosines(one, three).values) expect(value).toBeCloseTo(1, 10);
    expect(weightCosines(one, { ...one, weights: one.weights.map((v) => -v) }).values[0]).toBeCloseTo(-1, 10);
    const none = await impliedWeights(
      learner('one', (v) => v),
      episodes,
      0,
      queries,
    );
    expect([...none.weights].every((v) => v === 0)).toBe(true);
    expect([...none.r2]).toEqual(new Array(EPISODES).fill(1));
    expect([...weightCosines(none, one).values]).toEqual(new Array(EPISODES).fill(0));
  });

  it('want more queries than inputs, and examples that are there', async () => {
    const one = learner('one', (v) => v);
    await expect(impliedWeights(one, episodes, 2, queries.subarray(0, 9))).rejects.toThrow(
      /not more than 3 queries/,
    );
    await expect(impliedWeights(one, episodes, 5, queries)).rejects.toThrow(/there are 0…4/);
  });
});

describe('residuals', () => {
  const labels = { y: Float64Array.of(0, 0, 0, 0, 0, 0), episodes: 2, points: 3 };
  const of = (...values: number[]) => ({ values: Float64Array.from(values), episodes: 2, points: 3 });

  it('have a cosine over the prefixes of each episode', () => {
    const found = residualCosines(labels, of(9, 1, 0, 9, 3, 4), of(-9, 0, 1, -9, 6, 8), [1, 2]);
    expect([...found.values]).toEqual([0, 1]);
    expect(
      residualCosines(labels, of(1, 1, 1, 1, 1, 1), of(-1, -1, -1, 1, 1, 1), [0, 2]).values[0],
    ).toBeCloseTo(-1);
    expect(() => residualCosines(labels, of(1, 1, 1, 1, 1, 1), of(1, 1, 1, 1, 1, 1), [0, 3])).toThrow(/0…2/);
  });
});
