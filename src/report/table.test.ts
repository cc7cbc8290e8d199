import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCount, formatInterval, formatNumber, formatTable, plainText } from './table.js';

describe('formatNumber', () => {
  it.each([
    [0, '0'],
    [0.5, '0.500'],
    [-0.01234, '-0.0123'],
    [1, '1.00'],
    [9.999, '10.0'],
    [99.96, '100'],
    [4207, '4210'],
    [999_999, '1000000'],
    [12_345_678, '1.23e7'],
    [0.0000123, '1.23e-5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '-∞'],
  ])('%f is %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('is within half a unit of the last significant digit', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
        const shown = Number(formatNumber(value));
        expect(Math.abs(shown - value)).toBeLessThanOrEqual(Math.abs(value) * 0.00501 + 1e-300);
      }),
    );
  });
});

describe('formatTable', () => {
  it('aligns points, gaps of intervals and text', () => {
    const text = formatTable(
      [
        { header: 'learner' },
        { header: 'RMSE', unit: 'g', kind: 'number' },
        { header: '90 %', kind: 'number' },
        { header: 'n', kind: 'count' },
      ],
      [
        ['mean', 812.4, { low: 790, high: 833.1 }, 12345],
        ['ridge:loo', 0.5, { low: 0.01234, high: 12 }, 7],
        ['gone', null, undefined, ''],
      ],
    );
    const lines = text.trimEnd().split('\n');
    const points = lines[3]!.indexOf('.');
    expect(lines[2]!.indexOf('812') + 3).toBe(points);
    expect(lines[2]!.indexOf('…')).toBe(lines[3]!.indexOf('…'));
    expect(lines[2]!.endsWith('12,345')).toBe(true);
    expect(lines[3]!.endsWith('     7')).toBe(true);
  });

  it('puts every decimal point of a column below the others, whatever the numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -9e5, max: 9e5 }), { minLength: 1, maxLength: 20 }),
        (values) => {
          const lines = formatTable(
            [{ header: 'x' }, { header: 'value', kind: 'number' }],
            values.map((value) => ['a', value]),
          )
            .trimEnd()
            .split('\n')
            .slice(2);
          const places = lines.map((line) => {
            const exponent = /[\d.]+e/.exec(line);
            if (exponent !== null) return -1;
            const point = line.indexOf('.');
            return point === -1 ? line.length : point;
          });
          const real = places.filter((place) => place !== -1);
          expect(new Set(real).size).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('has lines without blanks at the end and never a control character', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 }), (cells) => {
        const text = formatTable(
          [{ header: 'a' }, { header: 'b' }],
          cells.map((cell) => [cell, cell]),
        );
        expect(text.split('\n').length).toBe(cells.length + 3);
        for (const line of text.split('\n')) expect(line).toBe(line.trimEnd());
        expect([...text].every((letter) => letter === '\n' || letter >= ' ')).toBe(true);
      }),
      { numRuns: 40 },
    );
  });
});

describe('words of a table', () => {
  it('counts with commas, intervals with a gap, text cut short', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(formatCount(999)).toBe('999');
    expect(formatInterval({ low: 0.1, high: 20 })).toBe('0.100…20.0');
    expect(plainText('a\u001b[31m\nb')).toBe('a [31m b');
    expect(plainText('x'.repeat(100))).toHaveLength(28);
  });
});
