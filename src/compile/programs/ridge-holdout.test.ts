import { expect, test } from 'vitest';
import { largest, threeWays } from './programs.test.helper.js';

test('the λ with the least error on held-out examples is chosen, where errors differ', async () => {
  const { episodes, written, compiled, expected } = await threeWays({
    program: 'ridge-holdout',
    inputs: 2,
    examples: 4,
    lambda: 0.5,
  });
  const { points } = episodes;
  const apart = written.map((value, i) => Math.abs(value - expected[i]!));
  // Nothing is held out of the first example: the mean of all.
  expect(Math.max(...apart.filter((_, i) => i % points < 2))).toBeLessThan(1e-9);
  const close = apart.filter((error) => error < 1e-6).length / apart.length;
  expect(close).toBeGreaterThan(0.9);
  expect(largest(compiled, written)).toBeLessThan(1e-7);
});
