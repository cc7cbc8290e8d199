import { describe, expect, it } from 'vitest';
import { type ContextOptions, checkOptions, choicesOf, typedTarget } from './context-options.js';
import { type Cell, type Rows, tableOf } from './memory.js';
import { openTable } from './read.js';
import { scanTable } from './scan.js';
import { cellsOf, examplesOf, fitSchema, type SchemaColumn, unseenIn } from './schema.js';
import type { TableSource } from './table.js';
import { collect, refusal, scratch } from './table.test.helper.js';

const file = scratch();
const csv = async (text: string, name = 'table.csv') => openTable(await file(name, text));

async function learn(source: TableSource, options: Partial<ContextOptions> = {}) {
  const given = { target: 'y', ...options };
  checkOptions(given);
  const { target } = given;
  const scan = await scanTable(source, { target, seed: 1, choices: choicesOf(given) });
  const schema = fitSchema(source, scan.columns, target, scan.examples, scan.choices);
  return { source, schema, examples: examplesOf(schema, source, scan.examples) };
}
const learnRows = (rows: Rows, options: Partial<ContextOptions> = {}) =>
  learn(tableOf(rows), typedTarget(rows, { target: 'y', ...options }));
const learnText = async (text: string, options: Partial<ContextOptions> = {}) =>
  learn(await csv(text), options);

const ROWS = 20;
const range = <T>(cell: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => cell(row));
/** A column beside an ordinary one and a target of numbers. */
const beside = (name: string, cell: (row: number) => Cell) => ({
  x: range((row) => (row * row) % 11),
  [name]: range(cell),
  y: range((row) => (row * 7) % 13),
});

describe('what columns are', () => {
  it.each<[string, (row: number) => Cell, SchemaColumn]>([
    ['numbers', (row) => row % 5, { kind: 'number', name: 'c' }],
    ['great integers', (row) => BigInt(row % 5) * 10n ** 20n, { kind: 'number', name: 'c' }],
    ['numbers as text', (row) => ` ${(row * 3) % 7}e-2`, { kind: 'number', name: 'c' }],
    ['numbers, some missing', (row) => (row % 3 ? row % 5 : null), { kind: 'number', name: 'c' }],
    ['words', (row) => 'bca'[row % 3], { kind: 'category', name: 'c', levels: ['a', 'b', 'c'] }],
    [
      'words with spaces around',
      (row) => ` ${'ab'[row % 2]} `,
      { kind: 'category', name: 'c', levels: ['a', 'b'] },
    ],
    ['yes and no', (row) => (row % 3 ? 'yes' : 'no'), { kind: 'category', name: 'c', levels: ['no', 'yes'] }],
    ['booleans', (row) => row % 3 === 0, { kind: 'category', name: 'c', levels: ['false', 'true'] }],
    ['dates', (row) => new Date(Date.UTC(2024, row % 7)), { kind: 'date', name: 'c' }],
    ['dates as text', (row) => `2024-0${1 + (row % 7)}-31`, { kind: 'date', name: 'c' }],
    ['one value or none', (row) => (row % 3 ? 5 : null), { kind: 'number', name: 'c' }],
    [
      'words of which one is none',
      (row) => ['a few', 'none', 'missing'][row % 3],
      { kind: 'category', name: 'c', levels: ['a few', 'missing', 'none'] },
    ],
    [
      'words and some numbers',
      (row) => ['a', 'b', 7][row % 3],
      { kind: 'category', name: 'c', levels: ['7', 'a', 'b'] },
    ],
    [
      'words that every object knows',
      (row) => ['__proto__', 'constructor', 'hasOwnProperty'][row % 3],
      { kind: 'category', name: 'c', levels: ['__proto__', 'constructor', 'hasOwnProperty'] },
    ],
  ])('%s', async (_, cell, column) => {
    const { schema, examples } = await learnRows(beside('c', cell));
    expect(schema.columns[1]).toEqual(column);
    const own = examples.x.filter((_, i) => i % 2 === 1);
    expect(own.some((value) => !Number.isNaN(value))).toBe(true);
    if (column.kind === 'category')
      own.forEach((code, row) => {
        expect(column.levels[code]).toBe(String(cell(row)).trim());
      });
    if (column.kind === 'number')
      own.forEach((value, row) => {
        expect(value).toBe(cell(row) === null ? Number.NaN : Number(cell(row)));
      });
  });

  it('dates are days since 1970', async () => {
    const { examples } = await learnRows(
      beside('c', (row) => new Date(Date.UTC(1970, 0, 1 + (row % 5), 12))),
    );
    expect([...examples.x.filter((_, i) => i % 2 === 1)]).toEqual(range((row) => (row % 5) + 0.5));
  });

  it('types correct what is inferred', async () => {
    const types = { c: 'category' } as const;
    const { schema } = await learnRows(
      beside('c', (row) => row % 3),
      { types },
    );
    expect(schema.columns[1]).toEqual({ kind: 'category', name: 'c', levels: ['0', '1', '2'] });
    const without = await learnRows(
      beside('c', (row) => row % 3),
      { types: { c: 'ignore' } },
    );
    expect(without.schema).toMatchObject({ columns: [{ name: 'x' }], warnings: [] });
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', ' spaced ', 'a, b', 'ünï 列', '', 'two\nlines'])(
    'of any name: %j',
    async (name) => {
      const columns = Object.fromEntries(
        Object.entries({
          x: range((row) => (row * row) % 11),
          [name]: range((row) => row % 3),
          y: range((row) => row),
        }),
      );
      const types = Object.fromEntries([[name, 'category' as const]]);
      const { schema } = await learnRows(columns, { types });
      expect(schema.columns.map((column) => column.name)).toEqual(['x', name]);
      expect(schema.columns[1]!.kind).toBe('category');
      if (name !== '') expect((await learnRows(columns, { target: name })).schema.target.name).toBe(name);
    },
  );

  it.each<[string, string, (row: number) => Cell, string]>([
    ['what is always the same', 'c', () => 3, 'column "c" is 3 in every labelled row and is left out'],
    [
      'a word that is always the same',
      'c',
      () => 'a\nb',
      'column "c" is "a b" in every labelled row and is left out',
    ],
    [
      'what names the row',
      'c',
      (row) => `n${row}`,
      'column "c" has 20 different words in 20 labelled rows, like a name, and is left out',
    ],
    [
      'what repeats a column',
      'c',
      (row) => (row * row) % 11,
      'column "c" repeats column "x" in every labelled row and is left out',
    ],
    [
      'what counts the rows',
      'id',
      (row) => row + 1,
      'column "id" counts the rows and is left out; to keep it, put another column first and give it a name that is not an id',
    ],
  ])('%s is left out with a warning', async (_, name, cell, warning) => {
    const { schema } = await learnRows(beside(name, cell));
    expect(schema).toMatchObject({ columns: [{ name: 'x' }], warnings: [warning] });
  });

  it('what is empty where rows are labelled is left out', async () => {
    const columns = beside('c', (row) => (row < 5 ? 5 : null));
    const { schema } = await learnRows({ ...columns, y: columns.y.map((y, row) => (row < 5 ? null : y)) });
    expect(schema.warnings).toEqual(['column "c" is empty in the labelled rows and is left out']);
    expect((await learnRows(beside('c', () => null))).schema.columns).toHaveLength(1);
  });

  it('a count of rows is kept where types say that it is a number', async () => {
    const { schema } = await learnRows(
      beside('id', (row) => row + 1),
      { types: { id: 'number' } },
    );
    expect(schema.columns.map(({ name }) => name)).toEqual(['x', 'id']);
  });

  it('words among which are a few numbers are told of', async () => {
    const { schema } = await learnRows(beside('c', (row) => (row % 2 ? row % 3 : 'n.\nd.')));
    expect(schema.warnings.join()).toMatch(
      /^column "c" is read as categories: 10 of its cells are numbers and 10 are not, such as "n\. d\." on line 1; /,
    );
  });
});

describe('what is predicted', () => {
  const target = async (y: (row: number) => Cell, options: Partial<ContextOptions> = {}) =>
    (await learnRows({ x: range((row) => (row * row) % 11), y: range(y) }, options)).schema.target;
  const rows = (y: (row: number) => string) => range((row) => `${(row * row) % 11},${y(row)}`).join('\n');

  it('is numbers, or words and booleans as classes in the order of the alphabet', async () => {
    expect(await target((row) => row)).toEqual({ kind: 'number', name: 'y' });
    expect(await target((row) => row % 2)).toEqual({ kind: 'number', name: 'y' });
    expect(await target((row) => 'ba'[row % 2])).toMatchObject({ kind: 'classes', classes: ['a', 'b'] });
    expect(await target((row) => row % 2 === 0)).toMatchObject({
      kind: 'classes',
      classes: ['false', 'true'],
    });
    expect(await target((row) => row % 3, { types: { y: 'category' } })).toMatchObject({
      classes: ['0', '1', '2'],
    });
  });

  it('keeps words as they are written', async () => {
    expect(await target((row) => ['01', '1', '1.0'][row % 3])).toMatchObject({ classes: ['01', '1', '1.0'] });
    const text = `x,y\n${rows((row) => ['01', '02', '10'][row % 3]!)}\n`;
    expect((await learnText(text)).schema.target.kind).toBe('number');
    expect((await learnText(text, { types: { y: 'category' } })).schema.target).toMatchObject({
      classes: ['01', '02', '10'],
    });
  });

  it('takes two numbers of a file for classes, and says so, unless types say that they are numbers', async () => {
    const text = `x,y\n${rows((row) => ['10', '9', '9.0'][row % 3]!)}\n`;
    const { schema, examples } = await learnText(text);
    expect(schema.target).toEqual({ kind: 'classes', name: 'y', classes: ['9', '10'], numbers: true });
    expect(schema.warnings).toEqual([
      'the target "y" has two numbers, which are taken for classes; if not, set its type to number with the option types',
    ]);
    expect([...examples.target.values]).toEqual(range((row) => (row % 3 ? 0 : 1)));
    const asNumber = await learnText(text, { types: { y: 'number' } });
    expect(asNumber.schema).toMatchObject({ target: { kind: 'number' }, warnings: [] });
  });

  it('takes none and missing for words among words, and for nothing among numbers', async () => {
    const words = await learnText(`x,y\n${rows((row) => ['none', 'Missing', 'mild', 'NA'][row % 4]!)}\n`);
    expect(words.schema.target).toMatchObject({ classes: ['Missing', 'mild', 'none'] });
    expect(words.examples.rows).toBe(15);
    const numbers = await learnText(`x,y\n${rows((row) => (row % 4 ? String(row) : 'none'))}\n`);
    expect(numbers.schema.target.kind).toBe('number');
    expect(numbers.examples.rows).toBe(15);
    // Where they are all there is, only who says that they are words can mean them.
    const column = { x: range((row) => row % 7), y: range((row) => row % 5), c: range(() => 'none') };
    expect((await learnRows(column)).schema.warnings).toEqual(['column "c" is empty and is left out']);
    const { schema } = await learnRows(
      { ...column, c: range((row) => (row % 3 ? 'none' : null)) },
      { types: { c: 'category' } },
    );
    expect(schema.columns[1]).toEqual({ kind: 'category', name: 'c', levels: ['none'] });
  });

  it('says that null is no class', async () => {
    const { schema, examples } = await learnRows({
      x: range((row) => row % 7),
      y: range((row) => ['null', 'a', 'b', 'NULL'][row % 4]!),
    });
    expect(examples.rows).toBe(10);
    expect(schema.warnings).toEqual([
      '10 cells of the target "y" say null, which counts as missing: if that is a class, write another word',
    ]);
  });

  it('says which columns are empty, but not of those that are to be ignored', async () => {
    const empty = range(() => null);
    const some = { x: range((row) => row % 7), y: range((row) => row % 5) };
    const warnings = async (columns: Record<string, Cell[]>, options?: Partial<ContextOptions>) =>
      (await learnRows({ ...some, ...columns }, options)).schema.warnings;
    expect(await warnings({ a: empty })).toEqual(['column "a" is empty and is left out']);
    expect(await warnings({ a: empty, b: empty, c: empty, d: empty })).toEqual([
      'columns "a", "b", "c" and 1 more are empty and are left out',
    ]);
    expect(await warnings({ a: empty }, { types: { a: 'ignore' } })).toEqual([]);
  });

  it('puts names into messages on one line', async () => {
    const name = `a\nb\u2028\ud800${'c'.repeat(200)}`;
    const { schema } = await learnRows({ ...beside('z', (row) => row % 4), [name]: range(() => 1) });
    expect(schema.warnings).toEqual([
      `column "a\\nb\\u2028\\ud800${'c'.repeat(95)}…" is 1 in every labelled row and is left out`,
    ]);
  });

  it('says which classes have but one row', async () => {
    const { schema } = await learnRows({
      x: range((row) => row % 7),
      y: range((row) => (row < 2 ? `only\n${row}` : 'many')),
    });
    expect(schema.warnings).toEqual([
      'of class "only 0", "only 1" there is one labelled row: how well it is told cannot be measured',
    ]);
  });

  it('may be called and worded as every object is', async () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      const columns = Object.fromEntries([
        ['x', range((row) => row % 7)],
        [name, range((row) => ['__proto__', 'constructor', 'toString'][row % 3])],
      ]) as unknown as Record<string, string[]>;
      const { schema, examples } = await learnRows(columns, { target: name });
      expect(schema.target).toMatchObject({ name, classes: ['__proto__', 'constructor', 'toString'] });
      expect([...examples.target.values]).toEqual(range((row) => row % 3));
    }
  });
});

describe('rows of another table', () => {
  it('are read by name, with what labelled rows do not know missing', async () => {
    const { schema } = await learnRows({
      ...beside('c', (row) => 'abc'[row % 3]),
      when: range((row) => `2024-01-0${1 + (row % 9)}`),
    });
    const other = tableOf([
      { when: '2024-01-02', more: 'words', c: 'b', x: 3 },
      { when: null, more: 'words', c: 'constructor', x: 'NA' },
    ]);
    const rows = await collect(other.rows());
    expect([...cellsOf(schema, other, rows).x]).toEqual([3, 1, 19724, Number.NaN, Number.NaN, Number.NaN]);
    expect(rows.map((row) => unseenIn(schema, other, row))).toEqual([[], ['c']]);
  });

  it.each<[string, Record<string, Cell>, RegExp]>([
    [
      'words among numbers',
      { x: 'oops\nno' },
      /^text in numeric column "x": "oops no" on line 1 of the given rows: /,
    ],
    [
      'numbers without end',
      { x: Number.POSITIVE_INFINITY },
      /^infinite number in column "x": "Infinity" on line 1 of /,
    ],
    [
      'words among dates',
      { d: 'soon' },
      /^no date in column "d": "soon" on line 1 of the given rows: write dates such as/,
    ],
    ['numbers among dates', { d: 2024 }, /^no date in column "d": "2024" on line 1 of the given rows: /],
  ])('are refused with %s', async (_, row, message) => {
    const { schema } = await learnRows(beside('d', (row) => `2024-01-0${1 + (row % 9)}`));
    const other = tableOf([row]);
    const rows = await collect(other.rows());
    expect((await refusal(() => cellsOf(schema, other, rows))).message).toMatch(message);
  });
});

describe('what is refused', () => {
  const y = range((row) => row % 5);
  const x = range((row) => (row * row) % 11);
  it.each<[string, Rows, Partial<ContextOptions>, RegExp]>([
    [
      'a constant target',
      { x, y: range(() => 5) },
      {},
      /^constant target: every labelled row has 5 in "y" of the given rows: /,
    ],
    [
      'a constant word',
      { x, y: range(() => 'a\nb') },
      {},
      /^constant target: every labelled row has "a b" in "y" of /,
    ],
    [
      'a target without values',
      { x, y: range(() => null) },
      {},
      /^no labelled rows: the column "y" of the given rows is empty: /,
    ],
    [
      'two labelled rows',
      { x, y: range((row) => (row < 2 ? row : null)) },
      {},
      /^too few labelled rows: 2 in "y" of the given rows: at least 3/,
    ],
    [
      'every row another class',
      { x, y: range((row) => `k${row}`) },
      {},
      /^too many classes: every labelled row has another word in "y" of /,
    ],
    [
      'numbers that are text',
      { x, y: range((row) => `${row}.5`) },
      {},
      /^too many classes: .*; if its text is meant as numbers, set its type to number with the option types$/,
    ],
    [
      'a name in every row',
      { x: Array.from({ length: 11 }, (_, i) => i % 4), y: [...'abcdefghijk'] },
      {},
      /^too many classes: every labelled row has another word/,
    ],
    [
      'more than 100 classes',
      {
        x: Array.from({ length: 202 }, (_, i) => i % 9),
        y: Array.from({ length: 202 }, (_, i) => `k${i % 101}`),
      },
      {},
      /^too many classes: 101 in "y" of the given rows, at most 100 can be told apart: /,
    ],
    [
      'only the target',
      { y },
      {},
      /^no column to learn from: every column of the given rows but the target is empty, /,
    ],
    [
      'only what says nothing',
      { a: range(() => 1), b: range(() => null), c: range((row) => `n${row}`), y },
      {},
      /^no column to learn from: /,
    ],
    [
      'an unknown target',
      { price: x, y },
      { target: 'prise' },
      /^unknown column "prise": did you mean "price"\? Columns: price, y$/,
    ],
    [
      'a target that every object has',
      { x, y },
      { target: 'constructor' },
      /^unknown column "constructor": Columns: x, y$/,
    ],
    [
      'a type of an unknown column',
      { price: x, y },
      { types: { pricee: 'number' } },
      /^unknown column "pricee": did you mean "price"\?/,
    ],
    [
      'a target that is ignored',
      { x, y },
      { types: { y: 'ignore' } },
      /^invalid option types: "y=ignore": it is the target/,
    ],
    [
      'a target of dates',
      { x, y: range((row) => new Date(row * 1e9)) },
      {},
      /^unsupported target: "y": its cells in the given rows are dates: /,
    ],
    [
      'a target of dates as text',
      { x, y: range((row) => `2024-01-1${row % 9}`) },
      {},
      /^unsupported target: "y": .* are dates: /,
    ],
    [
      'words among numbers',
      { x: range((row) => (row === 4 ? 'n.\nd.' : row)), y },
      {},
      /^text in numeric column "x": "n\. d\." on line 5 of the given rows: /,
    ],
    [
      'words in a target of numbers',
      { x, y: range((row) => (row === 4 ? 'high' : row)) },
      {},
      /^text in numeric column "y": "high" on line 5 of /,
    ],
    [
      'words where types say numbers',
      { x, c: range(() => 'a'), y },
      { types: { c: 'number' } },
      /^text in numeric column "c": "a" on line 1, .* and 17 more of/,
    ],
    [
      'numbers without end',
      { x: range((row) => (row ? row : Number.POSITIVE_INFINITY)), y },
      {},
      /^infinite number in column "x": "Infinity" on line 1 of /,
    ],
    [
      'integers beyond float64',
      { x: range((row) => 10n ** 400n + BigInt(row)), y },
      {},
      /^infinite number in column "x": /,
    ],
    [
      'a target that is too great',
      { x, y: range((row) => row * 1e80) },
      {},
      /^unsupported target: the greatest number in "y" of the given rows is 1\.9e\+81: /,
    ],
    [
      'a target that is too small',
      { x, y: range((row) => row * 1e-90) },
      {},
      /^unsupported target: the greatest number in "y" .* between 1e-70 and 1e\+70$/,
    ],
  ])('%s', async (_, rows, options, message) => {
    expect((await refusal(() => learnRows(rows, options))).message).toMatch(message);
  });
});
