import { describe, expect, it } from 'vitest';
import { type Cell, type Rows, tableOf } from './memory.js';
import { collect, refusal } from './table.test.helper.js';

const cellsOf = async (rows: Rows) => (await collect(tableOf(rows).rows())).map(({ cells }) => cells);

describe('a table in memory', () => {
  it('is the same from rows as objects and from columns', async () => {
    const rows = [
      { age: 41, city: 'Oslo' },
      { age: 29, city: 'Rome' },
    ];
    const columns = { age: [41, 29], city: ['Oslo', 'Rome'] };
    expect(tableOf(rows).names).toEqual(['age', 'city']);
    expect(tableOf(columns).names).toEqual(['age', 'city']);
    expect(await cellsOf(rows)).toEqual(await cellsOf(columns));
    expect((await collect(tableOf(rows).rows())).map(({ line }) => line)).toEqual([1, 2]);
  });

  it('can be read again and again', async () => {
    const table = tableOf({ x: [1, 2] });
    expect(await collect(table.rows())).toEqual(await collect(table.rows()));
  });

  it('has the columns of all rows; a row that lacks one has it missing', async () => {
    const rows: Rows = [{ a: 1 }, { b: 2 }, { a: 3, b: 4 }];
    expect(tableOf(rows).names).toEqual(['a', 'b']);
    expect(await cellsOf(rows)).toEqual([
      ['1', ''],
      ['', '2'],
      ['3', '4'],
    ]);
  });

  it.each<[string, Cell, string]>([
    ['a number', 2.5, '2.5'],
    ['a negative zero', -0, '0'],
    ['a number at the end of float64', 1.7e308, '1.7e+308'],
    ['a missing number', Number.NaN, ''],
    ['a number without end', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a great integer', 12345678901234567890n, '12345678901234567890'],
    ['a word', ' Oslo ', ' Oslo '],
    ['yes', true, 'true'],
    ['no', false, 'false'],
    ['a day', new Date('2024-03-31T12:30:00Z'), '2024-03-31T12:30:00.000Z'],
    ['no day', new Date('never'), ''],
    ['nothing', null, ''],
    ['not defined', undefined, ''],
  ])('tells %s as text', async (_, cell, text) => {
    expect(await cellsOf([{ x: cell, y: 1 }])).toEqual([[text, '1']]);
    expect(await cellsOf({ x: [cell] })).toEqual([[text]]);
  });

  it('has columns of any name, and only the cells that a row has itself', async () => {
    const rows = [JSON.parse('{"__proto__":1,"constructor":2,"toString":3}'), { hasOwnProperty: 4 }];
    expect(tableOf(rows).names).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    expect(await cellsOf(rows)).toEqual([
      ['1', '2', '3', ''],
      ['', '', '', '4'],
    ]);
  });
});

const circular: unknown[] = [];
circular.push(circular);

describe('what is no table in memory', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', null, /^invalid table: the given rows are null: give rows as objects, or columns by name$/],
    ['a text', 'x', /^invalid table: the given rows are "x": /],
    ['no rows', [], /^empty table: the given rows are none: /],
    ['columns without cells', { x: [], y: [] }, /^empty table: the given rows are none: /],
    ['no columns', {}, /^empty table: the given rows are none: /],
    ['rows without cells', [{}, {}], /^empty table: the given rows have no columns: /],
    [
      'a row that is an array',
      [{ x: 1 }, [1, 2]],
      /^invalid row 2 of the given rows: \[1,2\] is no object: /,
    ],
    ['a row that is nothing', [null], /^invalid row 1 of the given rows: null is no object: /],
    [
      'a hole between rows',
      Object.assign([{ x: 1 }], { 2: { x: 2 } }),
      /^invalid row 2 of the given rows: undefined is no object: /,
    ],
    ['a column that is no array', { x: [1], y: 2 }, /^invalid column "y" of the given rows: 2 is no array: /],
    [
      'ragged columns',
      { x: [1, 2], y: [1] },
      /^ragged columns: "x" of the given rows has 2 cells, "y" has 1: /,
    ],
  ])('%s', async (_, rows, message) => {
    expect((await refusal(() => tableOf(rows as Rows))).message).toMatch(message);
  });

  it.each<[string, unknown, string]>([
    ['an object', { a: 1 }, '{"a":1}'],
    ['an array', [1, 2], '[1,2]'],
    ['a function', () => 1, 'a function'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['an object in itself', circular, 'an object'],
    ['an object with what JSON has not', { a: 1n }, 'an object'],
    ['a long text in an object', { a: 'x'.repeat(99) }, `{"a":"${'x'.repeat(34)}…`],
  ])('%s as a cell', async (_, cell, shown) => {
    const { message } = await refusal(() => cellsOf([{ x: 1 }, { x: cell as Cell }]));
    expect(message).toBe(
      `invalid cell in column "x", row 2 of the given rows: ${shown} is no number, text, boolean or date: take its ` +
        'parts apart into columns of their own',
    );
  });
});
