import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CELL_CHARACTERS, NAME_CHARACTERS } from './limits.js';
import { countRows, tableFault } from './rows.js';
import { columnArrays, rowObjects } from './schemas.js';

const LIMITS = { rows: 5, columns: 4 };
const fault = (table: unknown) => tableFault(table, LIMITS);

describe('what is wrong with a table of JSON', () => {
  it('is nothing with rows as objects and with columns of cells', () => {
    expect(fault([{ a: 1, b: 'x' }, { b: null, c: true }, {}])).toBeUndefined();
    expect(fault({ a: [1, null], b: ['x', false] })).toBeUndefined();
  });

  it.each([
    ['text', [], 'a string'],
    [null, [], 'null'],
    [[], [], 'at least one row'],
    [{}, [], 'at least one column'],
    [[{ a: 1 }, 7], [1], 'a number'],
    [[{ a: 1 }, { a: [1] }], [1, 'a'], 'an array'],
    [[{ a: { b: 1 } }], [0, 'a'], 'an object'],
    [[{ a: Number.POSITIVE_INFINITY }], [0, 'a'], 'beyond float64'],
    [{ a: 3 }, ['a'], 'an array of cells'],
    [{ a: [] }, ['a'], 'at least one cell'],
    [{ a: [1, {}] }, ['a', 1], 'an object'],
    [[{ a: 'x'.repeat(CELL_CHARACTERS + 1) }], [0, 'a'], `at most ${CELL_CHARACTERS}`],
  ])('%j: is told with its place', (table, path, message) => {
    expect(fault(table)).toMatchObject({ path, message: expect.stringContaining(message) });
    expect(fault(table)).not.toHaveProperty('size');
  });

  it('is told without the whole of a long name', () => {
    const found = fault([{ ['n'.repeat(100_000)]: 1 }]);
    expect(found?.message).toContain(`at most ${NAME_CHARACTERS}`);
    expect(JSON.stringify(found).length).toBeLessThan(2 * NAME_CHARACTERS);
  });

  it.each([
    [Array.from({ length: 6 }, () => ({})), '6 rows'],
    [{ a: [1, 2, 3, 4, 5, 6] }, '6 rows'],
    [
      [
        { a: 1, b: 1 },
        { c: 1, d: 1, e: 1 },
      ],
      '5 columns',
    ],
    [{ a: [1], b: [1], c: [1], d: [1], e: [1] }, '5 columns'],
  ])('%j: is its size', (table, message) => {
    expect(fault(table)).toMatchObject({ size: true, message: expect.stringContaining(message) });
  });

  it('is what its schemas say', () => {
    const cell = fc.oneof(
      { weight: 12, arbitrary: fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null)) },
      { weight: 1, arbitrary: fc.oneof(fc.constant([]), fc.constant({})) },
    );
    // A parser of objects leaves this key out, and says nothing about its cell.
    const name = fc.string().filter((text) => text !== '__proto__');
    const table = fc.oneof(
      fc.array(fc.oneof({ weight: 20, arbitrary: fc.dictionary(name, cell) }, cell), { maxLength: 4 }),
      fc.dictionary(name, fc.oneof({ weight: 20, arbitrary: fc.array(cell, { maxLength: 4 }) }, cell), {
        minKeys: 1,
      }),
      cell,
    );
    fc.assert(
      fc.property(table, (value) => {
        const schema = rowObjects.or(columnArrays).safeParse(value).success;
        const empty =
          typeof value === 'object' && !Array.isArray(value) && Object.keys(value ?? []).length === 0;
        expect(tableFault(value, { rows: 1e9, columns: 1e9 }) === undefined).toBe(schema && !empty);
      }),
      { numRuns: 1000 },
    );
  });
});

it('rows are counted in both forms', () => {
  expect(countRows([{ a: 1 }, {}])).toBe(2);
  expect(countRows({ a: [1, 2, 3], b: [1, 2, 3] })).toBe(3);
});
