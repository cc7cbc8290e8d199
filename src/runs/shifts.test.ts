import { describe, expect, it } from 'vitest';
import { compareShifts, shiftNames } from './shifts.js';

const settings = { family: { family: 'linear', inputs: 4 }, episodes: 200, trials: 50, seed: 5 };
const errorsOf = async (learners: string[]) => {
  const { rows } = await compareShifts({ ...settings, learners });
  return (shift: string, learner: string, examples: number) =>
    rows.find((row) => row.family === shift && row.learner === learner && row.examples === examples)?.value;
};

describe('shifts', () => {
  it('of weights and inputs leave scale-free learners where they are', async () => {
    const error = await errorsOf(['ols', 'knn:3']);
    for (const shift of shiftNames.filter((name) => name.includes('×')))
      for (const learner of ['ols', 'knn:3'])
        expect(error(shift, learner, 2)).toBeCloseTo(error('none', learner, 2)!, 8);
  });

  it('are hard as theory says', async () => {
    const error = await errorsOf(['ols', 'mean', 'knn:3']);
    // Nothing can be known about a query that is orthogonal to all examples, and all about one that is among them.
    expect(error('orthogonal query', 'ols', 2)).toBeCloseTo(1, 10);
    expect(error('query is an example', 'ols', 2)).toBeLessThan(1e-20);
    expect(error('subspace of d/2', 'ols', 2)).toBeLessThan(1e-20);
    expect(error('none', 'ols', 2)).toBeGreaterThan(0.3);
    expect(error('none', 'ols', 8)).toBeLessThan(1e-20);
    expect(error('noisy labels', 'ols', 8)).toBeGreaterThan(0.05);
    // The mean of two labels of mean 0, for another one.
    expect(error('none', 'mean', 2)!).toBeGreaterThan(1.1);
    expect(error('none', 'mean', 2)!).toBeLessThan(2.2);
    expect(error('examples in an orthant', 'knn:3', 8)!).toBeGreaterThan(error('none', 'knn:3', 8)!);
  });

  it('ask for an orthogonal query only where there is room for one', async () => {
    const error = await errorsOf(['mean']);
    expect(error('orthogonal query', 'mean', 2)).toBeDefined();
    expect(error('orthogonal query', 'mean', 4)).toBeUndefined();
  });

  it('have names', async () => {
    const { rows, spec } = await compareShifts({
      ...settings,
      learners: ['mean'],
      shifts: ['weights × 2'],
      examples: [3, 1],
    });
    expect(rows.map(({ family, examples }) => [family, examples])).toEqual([
      ['weights × 2', 1],
      ['weights × 2', 3],
    ]);
    expect(spec.examples).toEqual([1, 3]);
    await expect(compareShifts({ ...settings, learners: ['mean'], shifts: ['weights x 2'] })).rejects.toThrow(
      /unknown shift "weights x 2": did you mean "weights × 2"/,
    );
  });
});
