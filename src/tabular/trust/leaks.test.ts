import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import type { Examples } from '../ensemble/examples.js';
import type { ColumnKind, Target } from '../prior/index.js';
import { leakingColumns } from './leaks.js';

const ROWS = 40;
const stream = random(1, 'leaks');
const range = (draw: (row: number) => number): number[] => Array.from({ length: ROWS }, (_, r) => draw(r));
const number: ColumnKind = { kind: 'number' };
const category: ColumnKind = { kind: 'category', levels: 6 };

/** An ordinary column beside another. */
function beside(column: readonly number[], kind: ColumnKind, target: Target): Examples {
  const rows = column.length;
  const x = Float64Array.from({ length: 2 * rows }, (_, i) =>
    i % 2 ? column[(i - 1) / 2]! : stream.normal(),
  );
  return { rows, columns: 2, x, kinds: [number, kind], target };
}
const ofNumbers = (values: readonly number[]): Target => ({
  kind: 'number',
  values: Float64Array.from(values),
});
const ofClasses = (values: readonly number[]): Target => ({
  ...{ kind: 'classes', classes: 1 + Math.max(...values) },
  values: Int32Array.from(values),
});

const y = range(() => stream.normal());
const two = range((r) => (r * 7) % 2);
const three = range((r) => (r * 7) % 3);

describe('columns that give the target away', () => {
  it.each([
    [
      'the number in another unit',
      beside(
        y.map((value) => 32 + 1.8 * value),
        number,
        ofNumbers(y),
      ),
    ],
    [
      'the number the other way round',
      beside(
        y.map((value) => Math.exp(-value)),
        number,
        ofNumbers(y),
      ),
    ],
    [
      'a number that sorts two classes',
      beside(
        two.map((k) => 5 * k + stream.uniform()),
        number,
        ofClasses(two),
      ),
    ],
    [
      'a number that sorts three classes',
      beside(
        three.map((k) => 5 * ((k + 1) % 3) + stream.uniform()),
        number,
        ofClasses(three),
      ),
    ],
    [
      'a category of two levels a class',
      beside(
        three.map((k, r) => k + 3 * (r % 2)),
        category,
        ofClasses(three),
      ),
    ],
  ] as const)('%s', (_, examples) => {
    expect(leakingColumns(examples)).toEqual([1]);
  });

  it.each([
    [
      'a number that goes with it',
      beside(
        y.map((value) => value + 0.3 * stream.normal()),
        number,
        ofNumbers(y),
      ),
    ],
    [
      'a number without relation',
      beside(
        range(() => stream.normal()),
        number,
        ofNumbers(y),
      ),
    ],
    [
      'a number that is always the same',
      beside(
        range(() => 3),
        number,
        ofNumbers(y),
      ),
    ],
    [
      'a category of numbers',
      beside(
        range((r) => r % 4),
        category,
        ofNumbers(y),
      ),
    ],
    [
      'a number that sorts all but one row',
      beside(
        two.map((k, r) => (r === 5 ? 1 - k : k) * 5 + stream.uniform()),
        number,
        ofClasses(two),
      ),
    ],
    [
      'a number that ties two classes',
      beside(
        two.map((k, r) => (r < 2 ? 5 : 10 * k)),
        number,
        ofClasses(two),
      ),
    ],
    [
      'a number that makes two runs of a class',
      beside(
        two.map((k, r) => (k ? (r % 4 === 1 ? 9 : 1) : 5)),
        number,
        ofClasses(two),
      ),
    ],
    [
      'a category with one row of another class',
      beside(
        two.map((k, r) => (r === 5 ? 1 - k : k)),
        category,
        ofClasses(two),
      ),
    ],
    [
      'a category that names the rows',
      beside(
        range((r) => r),
        category,
        ofClasses(two),
      ),
    ],
    [
      'one with a missing cell',
      beside(
        two.map((k, r) => (r === 5 ? Number.NaN : k)),
        category,
        ofClasses(two),
      ),
    ],
  ] as const)('not %s', (_, examples) => {
    expect(leakingColumns(examples)).toEqual([]);
  });

  it('are none of few rows, which a column may sort by chance', () => {
    expect(leakingColumns(beside(y.slice(0, 19), number, ofNumbers(y.slice(0, 19))))).toEqual([]);
    expect(leakingColumns(beside(y.slice(0, 20), number, ofNumbers(y.slice(0, 20))))).toEqual([1]);
  });
});
