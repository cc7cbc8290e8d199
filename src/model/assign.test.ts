import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { assign } from './assign.js';

/** The least total cost over all permutations. */
function least(costs: readonly number[][], row = 0, used: readonly number[] = []): number {
  if (row === costs.length) return 0;
  return Math.min(
    ...costs[row]!.map((cost, j) =>
      used.includes(j) ? Number.POSITIVE_INFINITY : cost + least(costs, row + 1, [...used, j]),
    ),
  );
}

describe('the assignment of least cost', () => {
  it.each([1, 2, 3, 4, 5, 6])('is that of all permutations, size %i', (size) => {
    for (let seed = 0; seed < 20; seed++) {
      const stream = random(seed, 'assign', size);
      const costs = Array.from({ length: size }, () => Array.from({ length: size }, () => stream.uniform()));
      const columns = assign(costs);
      expect([...columns].sort()).toEqual(costs.map((_, i) => i));
      const total = columns.reduce((sum, j, i) => sum + costs[i]![j]!, 0);
      expect(total).toBeCloseTo(least(costs), 12);
    }
  });

  it('leaves everything where it is where nothing is gained', () => {
    expect(assign([])).toEqual([]);
    expect(assign(Array.from({ length: 5 }, () => [0, 0, 0, 0, 0]))).toEqual([0, 1, 2, 3, 4]);
    const twice = [
      [0, 1, 1],
      [1, 0, 0],
      [1, 0, 0],
    ];
    expect(assign(twice)).toEqual([0, 1, 2]);
  });
});
