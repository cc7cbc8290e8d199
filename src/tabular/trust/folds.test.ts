import fc from 'fast-check';
import { expect, it } from 'vitest';
import { random } from '../../core/random.js';
import type { Target } from '../prior/index.js';
import { foldsOf } from './folds.js';

const numbers = (rows: number): Target => ({ kind: 'number', values: new Float64Array(rows) });
/** Classes 0…K−1 of some rows each. */
const classes = (sizes: readonly number[]): Target => ({
  ...{ kind: 'classes', classes: sizes.length },
  values: Int32Array.from(sizes.flatMap((size, k) => new Array<number>(size).fill(k))),
});
const targets = fc.oneof(
  fc.integer({ min: 1, max: 60 }).map(numbers),
  fc
    .array(fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 8,
    })
    .map(classes),
);
const inputs = [targets, fc.integer({ min: 2, max: 7 }), fc.nat()] as const;
const check = (property: (target: Target, count: number, seed: number) => void) =>
  fc.assert(fc.property(...inputs, property), { seed: 1, numRuns: 200 });

it('every fold shows as many rows, and none that it asks', () => {
  check((target, count, seed) => {
    const folds = foldsOf(target, count, random(seed));
    for (const { shown, asked } of folds) {
      expect(shown).toHaveLength(folds[0]!.shown.length);
      expect(shown.length).toBeGreaterThanOrEqual(2);
      expect(asked.length).toBeGreaterThanOrEqual(1);
      expect(new Set([...shown, ...asked]).size).toBe(shown.length + asked.length);
      const known = (row: number) => Number.isInteger(row) && row >= 0 && row < target.values.length;
      expect([...shown, ...asked].every(known)).toBe(true);
    }
  });
});

it('each row is asked once, but those whose class has no other', () => {
  check((target, count, seed) => {
    const folds = foldsOf(target, count, random(seed));
    if (folds.length === 0) return;
    const asked = folds.flatMap((fold) => fold.asked);
    const size = (row: number) =>
      target.values.filter((value: number) => value === target.values[row]).length;
    const able = Array.from(target.values, (_, row) => row).filter(
      (row) => target.kind === 'number' || size(row) > 1,
    );
    expect([...asked].sort((a, b) => a - b)).toEqual(able);
  });
});

it('every fold shows every class, and nearly all of the rows that it does not ask', () => {
  check((target, count, seed) => {
    for (const { shown, asked } of foldsOf(target, count, random(seed))) {
      expect(target.values.length - shown.length - asked.length).toBeLessThanOrEqual(1);
      if (target.kind === 'classes')
        expect(new Set(shown.map((row) => target.values[row])).size).toBe(target.classes);
    }
  });
});

it('folds ask each class as often as each other, give or take one row', () => {
  check((target, count, seed) => {
    const folds = foldsOf(target, count, random(seed));
    for (const label of new Set<number>(target.values)) {
      const counts = folds.map(({ asked }) => asked.filter((row) => target.values[row] === label).length);
      if (folds.length > 0) expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });
});

it('there are as many folds as were asked for, where there are so many rows', () => {
  check((target, count, seed) => {
    const able = foldsOf(target, count, random(seed)).flatMap(({ asked }) => asked).length;
    if (able > 0) expect(foldsOf(target, count, random(seed))).toHaveLength(Math.min(count, able));
  });
});

it.each([
  ['two rows', numbers(2)],
  ['classes of one row each', classes([1, 1, 1, 1])],
  ['two rows of one class', classes([2])],
])('there are none of %s', (_, target) => {
  expect(foldsOf(target, 5, random(1))).toEqual([]);
});

it.each([
  ['three numbers', numbers(3), 3],
  ['three rows of two classes', classes([2, 1]), 2],
])('there are some of %s', (_, target, count) => {
  expect(foldsOf(target, 5, random(1))).toHaveLength(count);
});

it('another seed deals the rows otherwise', () => {
  expect(foldsOf(numbers(20), 5, random(1))).not.toEqual(foldsOf(numbers(20), 5, random(2)));
  expect(foldsOf(numbers(20), 5, random(1))).toEqual(foldsOf(numbers(20), 5, random(1)));
});
