import { describe, expect, it } from 'vitest';
import { type ContextOptions, checkOptions, choicesOf, typedTarget } from './context-options.js';
import type { Cell, Rows } from './memory.js';
import { refusal } from './table.test.helper.js';

describe('the options of a context', () => {
  it('are right as they are meant', () => {
    checkOptions({ target: 'y' });
    checkOptions({ target: 'y', members: 64, level: 0.5, abstain: 0.1, seed: 0, types: {} });
  });

  it.each<[string, unknown, RegExp]>([
    ['none', undefined, /^missing options: say which column to predict, such as \{ target: 'price' \}$/],
    ['nothing', null, /^missing options: /],
    ['no target', {}, /^invalid option target: "undefined": name the column to predict$/],
    ['an empty target', { target: '' }, /^invalid option target: "": /],
    ['a target that is no name', { target: 3 }, /^invalid option target: "3": /],
    [
      'types that are none',
      { target: 'y', types: null },
      /^invalid option types: null: types by column name/,
    ],
    ['no members', { target: 'y', members: 0 }, /^invalid option members: 0: a whole number from 1 to 64$/],
    ['half a member', { target: 'y', members: 2.5 }, /^invalid option members: 2\.5: /],
    ['too many members', { target: 'y', members: 65 }, /^invalid option members: 65: /],
    [
      'a level of percent',
      { target: 'y', level: 90 },
      /^invalid option level: 90: a share from 0\.5 to below 1/,
    ],
    ['certainty', { target: 'y', level: 1 }, /^invalid option level: 1: /],
    ['a level that is no number', { target: 'y', level: Number.NaN }, /^invalid option level: NaN: /],
    [
      'abstaining at 0',
      { target: 'y', abstain: 0 },
      /^invalid option abstain: 0: a number above 0, such as 0\.1$/,
    ],
    [
      'abstaining never',
      { target: 'y', abstain: Number.POSITIVE_INFINITY },
      /^invalid option abstain: Infinity: /,
    ],
    ['a negative seed', { target: 'y', seed: -1 }, /^invalid option seed: -1: a whole number from 0$/],
  ])('are refused where they are wrong: %s', async (_, options, message) => {
    const error = await refusal(() => checkOptions(options as ContextOptions));
    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(2);
  });

  it('say of columns what they are, of any name', async () => {
    const types = JSON.parse('{"a":"category","__proto__":"number","b":"ignore","c":"category"}');
    expect(choicesOf({ target: 'y', types })).toEqual({
      ...{ categories: ['a', 'c'], numbers: ['__proto__'], ignored: ['b'] },
    });
    const wrong = { target: 'y', types: { zip: 'text' } } as unknown as ContextOptions;
    expect((await refusal(() => choicesOf(wrong))).message).toBe(
      'invalid option types: "zip=text": a type is number, category or ignore',
    );
  });
});

describe('the type of a target in memory', () => {
  const typeOf = (cells: readonly Cell[], types?: ContextOptions['types']) => {
    const given = { target: 'y', ...(types === undefined ? {} : { types }) };
    const [rows, columns] = [cells.map((y) => ({ x: 1, y })), { y: cells }];
    expect(typedTarget(columns, given)).toEqual(typedTarget(rows, given));
    return typedTarget(rows, given).types?.y;
  };

  it.each<[string, Cell[], string | undefined]>([
    ['numbers, though there be two', [0, 1, 0], 'number'],
    ['great integers', [10n, 20n], 'number'],
    ['words', ['a', 'b'], 'category'],
    ['words that are numbers', ['01', '2'], 'category'],
    ['booleans', [true, false], 'category'],
    ['dates, which is for the schema to refuse', [new Date(0)], undefined],
    ['dates as text', [' 2024-03-31T12:30:00Z'], undefined],
    ['nothing at all', [null, '', Number.NaN, 'NA', ' ', new Date('never')], undefined],
  ])('is seen in its cells: %s', (_, cells, type) => {
    expect(typeOf(cells)).toBe(type);
    expect(typeOf([null, undefined, 'n/a', Number.NaN, '', ...cells])).toBe(type);
  });

  it('is what the options say, where they do', () => {
    expect(typeOf([0, 1], { y: 'category' })).toBe('category');
    expect(typeOf([0, 1], { x: 'ignore' })).toBe('number');
  });

  it('is that of the rows’ own cells, whatever the column is called', () => {
    const named = (name: string, cell: Cell): Rows => [JSON.parse(JSON.stringify({ [name]: cell }))];
    for (const target of ['constructor', 'toString', '__proto__']) {
      expect(Object.entries(typedTarget(named(target, 1), { target }).types!)).toEqual([[target, 'number']]);
      expect(typedTarget([{ x: 1 }], { target })).toEqual({ target });
      expect(typedTarget({ x: [1] }, { target })).toEqual({ target });
    }
  });
});
