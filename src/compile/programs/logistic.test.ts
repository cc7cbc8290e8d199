import { expect, test } from 'vitest';
import { asWritten, largest, threeWays } from './programs.test.helper.js';

const sizes = { program: 'logistic', inputs: 2, examples: 4, lambda: 1, rate: 0.2 } as const;

test('steps are the textbook’s: the logistic function is softmax’s own', async () => {
  const { written, compiled, expected } = await threeWays({ ...sizes, steps: 5 });
  expect(largest(written, expected)).toBeLessThan(1e-12);
  expect(largest(compiled, expected)).toBeLessThan(1e-10);
});

test('with steps enough they reach the optimum', async () => {
  const { written, expected } = await asWritten({ ...sizes, steps: 100 }, 'logistic:1');
  expect(largest(written, expected)).toBeLessThan(1e-6);
});

test('other attention has no logistic function', async () => {
  await expect(threeWays({ ...sizes, steps: 1, target: 'linear' })).rejects.toThrow('needs softmax');
});
