import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { expectations } from '../learners/theory.js';
import { theory } from './theory.js';

const expected = (learner: string, d: number, sigma: number, n: number) =>
  expectations(d, sigma, random(1, 'test'), 400)
    .find((known) => known.learner === learner)!
    .error(n);

describe('expectations', () => {
  it('are those that were derived and checked elsewhere', () => {
    expect(expected('ols', 8, 0, 3).value).toBeCloseTo(1 - 3 / 8, 12);
    expect(expected('ols', 8, 0, 9).value).toBe(0);
    for (const [n, value] of [
      [4, 0.5417],
      [5, 0.4531],
      [12, 0.0833],
      [16, 0.0357],
    ] as const)
      expect(expected('ols', 8, 0.5, n).value).toBeCloseTo(value, 4);
    for (const n of [7, 8, 9]) expect(expected('ols', 8, 0.5, n).value).toBe(Number.POSITIVE_INFINITY);
    expect(expected('averaging', 20, 0, 20).value).toBeCloseTo(1.05, 12);
    expect(expected('averaging', 20, 0, 40).value).toBeCloseTo(0.525, 12);
    expect(expected('gd:1', 8, 0, 8).value).toBeCloseTo(0.529, 3);
    expect(expected('gd:1', 20, 0, 40).value).toBeCloseTo(0.344, 3);
    expect(expected('gd:1:0.01', 8, 0, 8).value).toBeCloseTo(0.7344, 4);
    expect(expected('gd:1:0.02', 8, 0, 8).value).toBeCloseTo(0.5776, 4);
    expect(expected('sgd:0.01', 8, 0, 8).value).toBeCloseTo(0.7458, 4);
    expect(expected('sgd:0.03', 8, 0, 8).value).toBeCloseTo(0.4956, 4);
  });

  it('of ridge go to those of least squares', () => {
    const { value, standardError } = expected('ridge:0.1', 6, 0.3, 40);
    expect(Math.abs(value - 0.3 ** 2 / (40 - 6 - 1))).toBeLessThan(3 * standardError);
    expect(expected('ridge:0.1', 6, 0.3, 0)).toEqual({ value: 1, standardError: 0 });
  });
});

describe('theory', () => {
  // About 75 rows, of which 0.2 lie beyond 3 standard errors by chance: most seeds have none, and this one has none.
  it.each([
    [0, 80],
    [0.5, 73],
  ])(
    'agrees with simulation within 3 standard errors at σ = %s, in %i rows',
    async (noise, rows) => {
      const { agreements } = await theory({ inputs: 5, noise, episodes: 32_768 });
      const told = agreements.filter(({ standardErrors }) => standardErrors !== undefined);
      expect(told).toHaveLength(rows);
      for (const { learner, examples, standardErrors } of told)
        expect(Math.abs(standardErrors!), `${learner} with ${examples}`).toBeLessThan(3);
      const within = told.filter(({ standardErrors }) => Math.abs(standardErrors!) < 2).length / told.length;
      expect(within).toBeGreaterThan(0.85); // rows of the same episodes lie apart together
    },
    180_000,
  );

  it('has no standard error of least squares where the squared error has no variance', async () => {
    const { agreements } = await theory({ inputs: 5, noise: 0.5, episodes: 100 });
    const without = agreements.filter(({ standardErrors }) => standardErrors === undefined);
    expect(without.map(({ learner, examples }) => `${learner} ${examples}`)).toEqual(
      [2, 3, 4, 5, 6, 7, 8].map((n) => `ols ${n}`),
    );
    expect(without.map(({ expected }) => Number.isFinite(expected))).toEqual(
      [2, 3, 4, 5, 6, 7, 8].map((n) => Math.abs(n - 5) >= 2),
    );
  });

  it('would see a wrong formula', async () => {
    const { agreements } = await theory({ inputs: 5, noise: 0.5, episodes: 2000, seed: 3 });
    const at = agreements.find(({ learner, examples }) => learner === 'ols' && examples === 10)!;
    const standardError = (at.simulated.value - at.expected) / at.standardErrors!;
    const wrong = 0.5 ** 2 / (10 - 5); // in place of n − d − 1
    expect(Math.abs(at.simulated.value - wrong) / standardError).toBeGreaterThan(3);
  });
});
