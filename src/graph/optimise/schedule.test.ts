import { expect, it } from 'vitest';
import { rateAt } from './schedule.js';

const rates = (shape: 'constant' | 'linear' | 'cosine', warmup: number, steps: number) =>
  Array.from({ length: steps }, (_, i) => rateAt({ shape, warmup }, i + 1, steps));

it('rises linearly from above zero to the peak', () => {
  expect(rates('constant', 0.5, 8)).toEqual([0.25, 0.5, 0.75, 1, 1, 1, 1, 1]);
});

it.each(['linear', 'cosine'] as const)('%s falls from the peak to just above zero', (shape) => {
  const falling = rates(shape, 0.1, 100).slice(10);
  expect(falling[0]).toBe(1);
  expect(falling.at(-1)).toBeGreaterThan(0);
  expect(falling.at(-1)).toBeLessThan(0.02);
  for (let i = 1; i < falling.length; i++) expect(falling[i]!).toBeLessThan(falling[i - 1]!);
});

it('cosine is half-way down at the middle', () => {
  expect(rates('cosine', 0, 100)[50]).toBeCloseTo(0.5, 12);
});
