import { expect, test } from 'vitest';
import { asWritten, largest, threeWays } from './programs.test.helper.js';

const sizes = { program: 'cg', inputs: 3, examples: 4, lambda: 0.5 } as const;

test('steps are the textbook’s, whether they have converged or not', async () => {
  for (const steps of [1, 2, 3]) {
    const { written, expected } = await asWritten({ ...sizes, steps });
    expect(largest(written, expected)).toBeLessThan(1e-9);
  }
  const { written, compiled } = await threeWays({ ...sizes, steps: 2 });
  expect(largest(compiled, written)).toBeLessThan(1e-7);
});

test('as many steps as inputs, and more, are ridge', async () => {
  for (const steps of [2, 4]) {
    const { written, expected } = await asWritten({ ...sizes, inputs: 2, steps }, 'ridge:0.5');
    expect(largest(written, expected)).toBeLessThan(1e-9);
  }
});
