import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cells } from '../cells/encode.js';
import { fitDesign } from './design.js';

const numbers = (...columns: number[][]): Cells => ({
  rows: columns[0]!.length,
  columns: columns.length,
  x: Float64Array.from({ length: columns[0]!.length * columns.length }, (_, i) => {
    return columns[i % columns.length]![Math.floor(i / columns.length)]!;
  }),
  kinds: columns.map(() => ({ kind: 'number' as const })),
});
const categories = (values: number[]): Cells => ({
  ...numbers(values),
  kinds: [{ kind: 'category', levels: 1 + Math.max(...values.filter((value) => !Number.isNaN(value))) }],
});
const rowsOf = ({ values, rows, width }: { values: Float64Array; rows: number; width: number }) =>
  Array.from({ length: rows }, (_, r) => [...values.subarray(r * width, (r + 1) * width)]);
const asked = (...x: number[]) => ({ rows: x.length, x: Float64Array.from(x) });
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 12));

describe('the design of a linear head', () => {
  it('standardises numbers on the labelled rows and puts missing ones at the mean', () => {
    const design = fitDesign(numbers([1, 3, Number.NaN]));
    expect(rowsOf(design(asked(1, 3, Number.NaN, 6)))).toEqual([[-1], [1], [0], [4]]);
  });

  it('has an indicator for each level, centred; unseen and missing ones are as said', () => {
    const cells = categories([0, 0, 1, 1, 1, 2, Number.NaN]);
    const design = fitDesign(cells);
    const known = rowsOf(design(cells));
    expect(known[0]).toHaveLength(3);
    // By frequency: 1 (3 of 6), 0 (2 of 6), 2 (1 of 6); (1 − p)/√(p (1 − p)) where it is that level.
    const [p, q, r] = [1 / 2, 1 / 3, 1 / 6];
    expect(known[2]).toEqual(close([1, -Math.sqrt(q / (1 - q)), -Math.sqrt(r / (1 - r))]));
    expect(known[5]).toEqual(close([-Math.sqrt(p / (1 - p)), -Math.sqrt(q / (1 - q)), Math.sqrt(5)]));
    expect(known[6]).toEqual([0, 0, 0]);
    for (let w = 0; w < 3; w++) {
      const column = known.slice(0, 6).map((row) => row[w]!);
      expect(column.reduce((a, b) => a + b)).toBeCloseTo(0, 12);
      expect(column.reduce((sum, value) => sum + value * value, 0) / 6).toBeCloseTo(1, 12);
    }
  });

  it('has one indicator of two levels, and none of one', () => {
    expect(rowsOf(fitDesign(categories([0, 1, 1, 1]))(asked(0, 1))).map((row) => row.length)).toEqual([1, 1]);
    expect(fitDesign(categories([0, 0, Number.NaN]))(asked(0)).width).toBe(0);
  });

  it('leaves out the rarest of many levels', () => {
    const cells = categories(Array.from({ length: 120 }, (_, i) => (i < 40 ? i : i % 35)));
    expect(fitDesign(cells)(cells).width).toBe(30);
  });

  it('leaves out what is the same in all labelled rows, though some miss it', () => {
    const design = fitDesign(numbers([4, 4, Number.NaN], [1, 2, 3]));
    expect(rowsOf(design({ rows: 1, x: Float64Array.from([9, 2]) }))).toEqual([[0]]);
  });

  const number = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(Number.NaN, 0, 1e300, -1e308, 1.7e308, 1e-300, 5e-324, 2 ** 53, 2 ** 53 + 2),
    fc.integer({ min: -3, max: 3 }),
  );
  it('is finite and bounded whatever numbers there are', () => {
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 2, maxLength: 12 }),
        fc.array(number, { minLength: 1 }),
        (shown, others) => {
          const design = fitDesign(numbers(shown));
          for (const cells of [asked(...shown), asked(...others)])
            expect(design(cells).values.every((value) => Math.abs(value) <= 100)).toBe(true);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
