import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import type { Cells } from '../cells/encode.js';
import { fitNovelty } from './novelty.js';

const stream = random(1, 'novelty');
const table = (rows: number, columns: number, draw: (row: number, column: number) => number): Cells => ({
  ...{ rows, columns },
  x: Float64Array.from({ length: rows * columns }, (_, i) => draw(Math.floor(i / columns), i % columns)),
  kinds: Array.from({ length: columns }, () => ({ kind: 'number' as const })),
});
const rowsOf = (...rows: number[][]) => ({ rows: rows.length, x: Float64Array.from(rows.flat()) });

describe('rows that are far from every labelled one', () => {
  it.each([
    ['a few', table(5, 2, () => stream.normal())],
    [
      'many more than distances are measured to',
      table(700, 3, (row) => (row % 97 === 1 ? 50 : 1) * stream.normal()),
    ],
    ['with missing cells', table(40, 3, () => (stream.uniform() < 0.3 ? Number.NaN : stream.normal()))],
    ['all alike', table(10, 2, () => 4)],
    ['of numbers at the ends of float64', table(20, 2, (row) => (row % 3) * 1e307)],
    [
      'with one that lies apart and is not among those',
      table(600, 1, (row) => (row === 151 ? 1e6 : row % 5)),
    ],
  ])('are no labelled rows: %s', (_, labelled) => {
    expect(fitNovelty(labelled)(labelled)).toEqual(new Array(labelled.rows).fill(false));
  });

  it('are rows many deviations away, in one column or in all', () => {
    const isFar = fitNovelty(table(100, 3, () => stream.normal()));
    expect(isFar(rowsOf([0, 0, 0], [30, 0, 0], [10, -10, 10], [1e300, 0, 0]))).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it('are none between rows that all have a twin', () => {
    const isFar = fitNovelty(table(40, 1, (row) => row % 5));
    expect(isFar(rowsOf([2.5], [4.9], [20]))).toEqual([false, false, true]);
  });

  it('are not those with missing cells or categories that nobody has', () => {
    const labelled: Cells = {
      ...table(30, 2, (row, column) => (column === 0 ? row % 3 : stream.normal())),
      kinds: [{ kind: 'category', levels: 3 }, { kind: 'number' }],
    };
    expect(fitNovelty(labelled)(rowsOf([Number.NaN, Number.NaN], [Number.NaN, 50]))).toEqual([false, true]);
  });
});
