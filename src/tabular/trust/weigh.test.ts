import { describe, expect, it } from 'vitest';
import { weighed } from './weigh.js';

const GRID = [0, 0.5, 1];
const even = [1, 1, 1];

describe('a setting that held-out labels weigh', () => {
  it('is the mean of the grid under its own weights where the labels say nothing', () => {
    expect(weighed(GRID, even, () => 7)).toBeCloseTo(0.5, 12);
    expect(weighed(GRID, [3, 0, 1], () => 7)).toBeCloseTo(0.25, 12);
  });

  it('is the posterior mean: each value weighs prior × likelihood', () => {
    const losses = [1, 2, 1.5];
    const weights = losses.map((loss, i) => [2, 1, 1][i]! * Math.exp(-loss));
    const sum = weights.reduce((a, b) => a + b);
    const mean = GRID.reduce((all, value, i) => all + (value * weights[i]!) / sum, 0);
    expect(weighed(GRID, [2, 1, 1], (value) => losses[GRID.indexOf(value)]!)).toBeCloseTo(mean, 12);
  });

  it('is the best value where there are many labels, also where their loss is far beyond the exponential', () => {
    expect(weighed(GRID, even, (value) => 1e6 * (value - 0.5) ** 2)).toBeCloseTo(0.5, 12);
    expect(weighed(GRID, even, (value) => 1e5 - 1e4 * value)).toBe(1);
  });
});
