import { describe, expect, test } from 'vitest';
import type { Measurement } from '../core/measurement.js';
import { compare } from './compare.js';

const episodes = 3000;
const linear = { family: 'linear', inputs: 4, noise: 0.5 };

async function measured(family: object, learner: string, points = 10, trials = 20): Promise<Measurement[]> {
  const { rows } = await compare({
    family: family as never,
    learners: [learner],
    episodes,
    points,
    trials,
  });
  return rows;
}
const at = (rows: readonly Measurement[], metric: string, examples: number) =>
  rows.find((row) => row.metric === metric && row.examples === examples)!.value;

describe('Bayes predictors know how far off they are, on their own family', () => {
  test.each<[string, object]>([
    ['noisy linear regression', linear],
    ['small weights and skewed inputs', { family: 'skewed', of: { ...linear, scale: 0.3 } }],
    ['scaled weights', { family: 'scaled-weights', by: 3, of: linear }],
    [
      'noisy polynomials',
      { family: 'noisy', sigma: 0.3, of: { family: 'polynomial', inputs: 2, degree: 2 } },
    ],
  ])('%s', async (_, family) => {
    const rows = await measured(family, 'bayes');
    // A share p of 3000 episodes has the standard error √(p(1−p)/3000), the mean square of a normal √(2/3000).
    for (const examples of [0, 1, 2, 4, 6, 9]) {
      for (const level of [0.5, 0.8, 0.9]) {
        const standardError = Math.sqrt((level * (1 - level)) / episodes);
        const excess = (at(rows, `coverage-${level}`, examples) - level) / standardError;
        expect(Math.abs(excess), `${level} with ${examples}`).toBeLessThan(3);
      }
      const square = at(rows, 'standardised-squared-error', examples);
      expect(Math.abs(square - 1), `${examples}`).toBeLessThan(3 * Math.sqrt(2 / episodes));
    }
  });

  test('mixtures have the right variance, though not the shape of a normal', async () => {
    const noise = [
      { sigma: 0.1, weight: 1 },
      { sigma: 1, weight: 1 },
    ];
    for (const family of [
      { ...linear, noise },
      { family: 'pooled', tasks: 8, of: linear },
    ]) {
      const rows = await measured(family, 'bayes', 10, 500);
      for (const examples of [0, 1, 3, 9]) {
        const square = rows.find(
          (row) => row.metric === 'standardised-squared-error' && row.examples === examples,
        )!;
        // The 90 % interval is 2 · 1.645 standard errors wide.
        expect(Math.abs(square.value - 1)).toBeLessThan((3 * (square.high - square.low)) / 3.29);
      }
    }
  });

  test('without noise a label is certain from d examples on, and there is no row', async () => {
    const rows = await measured({ ...linear, noise: 0 }, 'bayes');
    const told = rows.filter(({ metric }) => metric === 'nll').map(({ examples }) => examples);
    expect(told).toEqual([0, 1, 2, 3]);
  });
});

test('a learner that takes the noise for smaller is too sure, for larger not sure enough', async () => {
  const [right, sure, unsure] = await Promise.all(
    ['bayes', 'bayes:0.1', 'bayes:2'].map((learner) => measured(linear, learner)),
  );
  const standardError = Math.sqrt((0.9 * 0.1) / episodes);
  for (const examples of [3, 4, 6, 9]) {
    expect(at(sure!, 'coverage-0.9', examples)).toBeLessThan(0.9 - 3 * standardError);
    expect(at(sure!, 'standardised-squared-error', examples)).toBeGreaterThan(1.5);
    expect(at(unsure!, 'coverage-0.9', examples)).toBeGreaterThan(0.9 + 3 * standardError);
    for (const wrong of [sure!, unsure!])
      expect(at(wrong, 'nll', examples)).toBeGreaterThan(at(right!, 'nll', examples));
  }
});

test.each(['conjunction', 'majority', 'sparse-parity'])(
  'Boolean %s: Bayes knows its probabilities',
  async (rule) => {
    const rows = await measured({ family: 'boolean', inputs: 5, rule }, 'bayes');
    for (const examples of [0, 1, 3, 6, 9]) {
      const [ece, chance] = [at(rows, 'ece', examples), at(rows, 'ece-by-chance', examples)];
      // Ten bins: the mean of ten sizes of normals varies by √(π/2 − 1)/√10, about a quarter, of itself.
      expect(ece, `${examples}`).toBeLessThan(
        chance * (1 + (3 * Math.sqrt(Math.PI / 2 - 1)) / Math.sqrt(10)),
      );
      expect(at(rows, 'brier', examples)).toBeCloseTo(at(rows, 'squared-error', examples) / 4, 12);
    }
  },
);

test('of logistic labels too weak a prior is too sure', async () => {
  const family = { family: 'linear-classification', inputs: 3, labels: 'logistic', scale: 1 };
  const [right, sure] = [await measured(family, 'logistic:1'), await measured(family, 'logistic:0.01')];
  for (const examples of [2, 4, 8]) {
    expect(at(sure, 'ece', examples)).toBeGreaterThan(at(right, 'ece', examples) + 0.05);
    expect(at(sure, 'log-loss', examples)).toBeGreaterThan(at(right, 'log-loss', examples));
  }
});

test('learners without a distribution have no such rows, and points that are not asked neither', async () => {
  const rows = await measured(linear, 'ridge:0.25');
  expect(rows.some(({ metric }) => /coverage|nll|ece/.test(metric))).toBe(false);
  const asked = await measured({ family: 'repeated-query', of: linear }, 'bayes', 5);
  expect(new Set(asked.map(({ examples }) => examples))).toEqual(new Set([4]));
  expect(at(asked, 'coverage-0.9', 4)).toBeGreaterThan(0.88);
});
