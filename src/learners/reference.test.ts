import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Episodes } from '../core/episodes.js';
import { parseLearner } from './index.js';

/** Two float64 computations of a formula, through up to 20 examples whose condition number is at most about 1e4. */
const TOLERANCE = 1e-9;

// numpy's predictions, each from the formula by another way than ours: scripts/reference_learners.py.
const folder = new URL('../../src/learners/testdata/', import.meta.url);

describe.each(readdirSync(folder))('%s', (file) => {
  const [first, ...lines] = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  const { shape, x, y } = JSON.parse(first!) as { shape: [number, number, number]; x: number[]; y: number[] };
  const episodes: Episodes = {
    x: Float64Array.from(x),
    y: Float64Array.from(y),
    episodes: shape[0],
    points: shape[1],
    inputs: shape[2],
    family: 'numpy',
    seed: 0,
  };
  const learners = lines.map((line) => JSON.parse(line) as { learner: string; predictions: number[] });

  test.each(learners)('$learner', async ({ learner, predictions }) => {
    const { values } = await parseLearner(learner).predict(episodes);
    const expected = learner.startsWith('logistic') ? predictions.map((z) => Math.tanh(z / 2)) : predictions;
    expect(values).toHaveLength(expected.length);
    expected.forEach((value, at) => {
      const error = Math.abs(values[at]! - value);
      expect(error, `point ${at % episodes.points}`).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(value)));
    });
  });
});
