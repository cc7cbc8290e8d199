import { expect, test } from 'vitest';
import { largest, threeWays } from './programs.test.helper.js';

const sizes = { program: 'cg', inputs: 3, examples: 4, lambda: 0.5 } as const;

test('steps are the textbook’s, whether they have converged or not', async () => {
  for (const steps of [1, 2, 3]) {
    const { written, compiled, expected } = await threeWays({ ...sizes, steps });
    expect(largest(written, expected)).toBeLessThan(1e-9);
    expect(largest(compiled, written)).toBeLessThan(1e-7);
  }
});

test('as many steps as inputs, and more, are ridge', async () => {
  const { written, expected } = await threeWays({ ...sizes, inputs: 2, steps: 2 }, 'ridge:0.5');
  expect(largest(written, expected)).toBeLessThan(1e-9);
  const more = await threeWays({ ...sizes, inputs: 2, steps: 4 }, 'ridge:0.5');
  expect(largest(more.written, more.expected)).toBeLessThan(1e-9);
  expect(largest(more.compiled, more.expected)).toBeLessThan(1e-7);
});
