import { expect, it } from 'vitest';
import { dot } from './inverse.js';
import { ngramEncoder } from './ngrams.js';

it('gives like texts like vectors, and texts that share nothing orthogonal ones', async () => {
  const [a, b, c, none] = (await ngramEncoder({ dimensions: 2 ** 16 })([
    'The learners learned.',
    'A learner learns!',
    'wxyz',
    ' … ',
  ])) as readonly Float64Array[];
  expect(dot(a!, a!)).toBeCloseTo(1, 12);
  expect(dot(a!, b!)).toBeGreaterThan(0.2);
  expect(Math.abs(dot(a!, c!))).toBe(0);
  expect(none!.every((value) => value === 0)).toBe(true);
});

it('does not change', async () => {
  const [vector] = (await ngramEncoder({ dimensions: 8, letters: [2, 3] })([
    'hashed',
  ])) as readonly Float64Array[];
  expect(Array.from(vector!, (value) => Number(value.toFixed(3)))).toMatchInlineSnapshot(`
    [
      -0.289,
      -0.577,
      0,
      0.289,
      0.289,
      0.289,
      0.577,
      0,
    ]
  `);
});

it('takes an accent behind its letter for one that is part of it', () => {
  const [composed, apart] = ngramEncoder()(['Étude', 'E\u0301tude']) as Float64Array[];
  expect(apart).toEqual(composed);
  // A capital that has no form of its own with the accent.
  const [small, capital] = ngramEncoder()(['\u01f0a', 'J\u030cA']) as Float64Array[];
  expect(capital).toEqual(small);
});

it('refuses sizes that are none', () => {
  expect(() => ngramEncoder({ dimensions: 0 })).toThrow('a whole number from 1');
  expect(() => ngramEncoder({ letters: [4, 3] })).toThrow('the shorter first');
});
