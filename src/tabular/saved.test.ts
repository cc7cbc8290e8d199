import { afterAll, describe, expect, it } from 'vitest';
import type { ContextOptions } from './context-options.js';
import { type Cell, type Rows, tableOf } from './memory.js';
import { openTable } from './read.js';
import { readTask } from './saved.js';
import type { TableSource } from './table.js';
import { collect, refusal, scratch } from './table.test.helper.js';
import { learnRows, tinyLearner } from './tiny.test.helper.js';

const learner = tinyLearner();
afterAll(() => learner.release());
const file = scratch();

const ROWS = 24;
const range = <T>(cell: (row: number) => T): T[] => Array.from({ length: ROWS }, (_, row) => cell(row));
const x = range((row) => (row * row) % 11);
const named = (columns: [string, Cell[]][]): Rows => Object.fromEntries(columns);

/** Columns of a table as the text of a file. */
const text = (columns: Record<string, readonly (string | number)[]>, delimiter = ',') =>
  [Object.keys(columns), ...range((row) => Object.values(columns).map((cells) => cells[row]))]
    .map((cells) => `${cells.join(delimiter)}\n`)
    .join('');

describe('a saved task', () => {
  it.each<[string, Rows | string, Partial<ContextOptions>]>([
    ['of numbers', { x, y: range((row) => row * 1.5) }, {}],
    ['of two numbers', { x, y: range((row) => row % 2) }, {}],
    [
      'of classes',
      { x, c: range((row) => 'abc'[row % 3]), y: range((row) => ['no', 'yes'][(row * row) % 3 ? 1 : 0]) },
      {},
    ],
    ['of booleans', { x, y: range((row) => row % 3 === 0) }, {}],
    [
      'of two numbers of a file, each written in its own way',
      text({ x, y: range((row) => ['10', '9', '9.0'][row % 3]!) }),
      {},
    ],
    [
      'of words of a file that look like numbers',
      text({ x, y: range((row) => ['01', '1', '10'][row % 3]!) }),
      { types: { y: 'category' } },
    ],
    [
      'of a file with decimal commas',
      text({ x: x.map((v) => `${v},5`), y: range((row) => `${row},25`) }, ';'),
      {},
    ],
    ['of rows of which some have no label', { x, y: range((row) => (row % 4 ? row : null)) }, {}],
    [
      'of numbers that count the rows where these are labelled',
      {
        a: range((row) => (row < 14 ? row + 1 : row * 3.5)),
        x,
        y: range((row) => (row < 14 ? row % 5 : null)),
      },
      {},
    ],
    [
      'of words among numbers that only other rows have',
      text({
        a: range((row) => (row < 8 ? row % 3 : 'none at all')),
        x,
        y: range((row) => (row < 8 ? row % 5 : '')),
      }),
      {},
    ],
    [
      'of dates, numbers that are words, and what is left out',
      {
        when: range((row) => new Date(row * 1e10)),
        zip: range((row) => row % 3),
        same: range(() => 1),
        x,
        y: range((row) => row),
      },
      { types: { zip: 'category' } },
    ],
    [
      'of columns of odd names',
      named([
        [' x', x],
        ['a, b', range((row) => row % 3)],
        ['__proto__', range((row) => row % 4)],
        ['', range((row) => row % 5)],
        ['y ', range((row) => row)],
      ]),
      { target: 'y ' },
    ],
    [
      'whose target is called as every object’s own',
      named([
        ['x', x],
        ['__proto__', range((row) => row % 2)],
      ]),
      { target: '__proto__' },
    ],
    [
      'with options of its own',
      { x, y: range((row) => row) },
      { members: 2, level: 0.75, abstain: 0.3, seed: 7 },
    ],
  ])('learns the same again: %s', async (name, table, options) => {
    const rows: Rows | TableSource =
      typeof table === 'string' ? await openTable(await file(`${name.length}.csv`, table)) : table;
    const task = await learnRows(learner, rows, { target: 'y', members: 1, ...options });
    const saved = task.save();
    const again = await learner.open(saved);
    const source = typeof table === 'string' ? (rows as TableSource) : tableOf(table);
    expect(again.schema).toEqual({ ...task.schema, warnings: expect.anything() });
    expect(again.warnings).toEqual(task.warnings);
    expect(again.quality).toEqual(task.quality);
    expect((await collect(again.predictTable(source))).flat()).toEqual(
      (await collect(task.predictTable(source))).flat(),
    );
    expect(again.save()).toBe(saved);
  });

  it('is one line of JSON without what was computed', async () => {
    const task = await learnRows(learner, { x, y: range((row) => row) }, { target: 'y', members: 1 });
    expect(task.save()).toMatch(/^\{"format":"icicle-task-1",.*\}\n$/);
    expect(Object.keys(JSON.parse(task.save()))).toEqual([
      ...['format', 'model', 'options', 'source', 'rows', 'warnings'],
    ]);
  });
});

describe('what is no saved task', () => {
  const model = { name: 'tiny', hash: 'a'.repeat(64) };
  const task = {
    format: 'icicle-task-1',
    model,
    options: { target: 'y', types: [['x', 'number']] },
    source: { path: 'the given rows', names: ['x', 'y'], decimalComma: false },
    rows: [[1, ['1', '2']]],
    warnings: [],
  };
  it('is not this one', () => {
    const { options, warnings, table } = readTask(JSON.stringify(task), model);
    expect({ options, warnings, names: table.names }).toEqual({
      ...{ options: { target: 'y', types: { x: 'number' } }, warnings: [], names: ['x', 'y'] },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ['no JSON', 'rows', /^invalid task: it is no JSON: give what save\(\) gave, or save the task again$/],
    ['nothing', null, /^invalid task: .*: give what save\(\) gave$/],
    ['another format', { ...task, format: 'icicle-model-1' }, /^invalid task: format: .*"icicle-task-1"/],
    ['no rows', { ...task, rows: [] }, /^invalid task: rows: /],
    [
      'cells that are no text',
      { ...task, rows: [[1, [1, 2]]] },
      /^invalid task: rows\.0\.1\.0: .*expected string/,
    ],
    [
      'a type that is none',
      { ...task, options: { target: 'y', types: [['x', 'text']] } },
      /^invalid task: options\.types\.0\.1: /,
    ],
    [
      'an option that is none',
      { ...task, options: { ...task.options, views: 3 } },
      /^invalid task: options: .*"views"/,
    ],
    [
      'cells missing',
      {
        ...task,
        rows: [
          [1, ['1', '2']],
          [7, ['1']],
        ],
      },
      /^invalid task: row 7 has 1 cells for 2 columns: save the task again$/,
    ],
    [
      'a task of another model',
      { ...task, model: { name: 'other', hash: 'b'.repeat(64) } },
      /^unsupported task: it was learned by other with the SHA-256 bbbbbbbbbbbb…, and this is tiny with aaaaaaaaaaaa…: /,
    ],
  ])('%s', async (_, saved, message) => {
    const json = typeof saved === 'string' ? saved : JSON.stringify(saved);
    expect((await refusal(() => readTask(json, model))).message).toMatch(message);
  });

  it('is refused as a table is where its content is damaged', async () => {
    const own = JSON.parse((await learnRows(learner, { x, y: x }, { target: 'y', members: 1 })).save());
    const damaged = (changed: object) => refusal(() => learner.open(JSON.stringify({ ...own, ...changed })));
    const { options } = own;
    expect((await damaged({ options: { ...options, target: 'z' } })).message).toMatch(/^unknown column "z"/);
    expect((await damaged({ options: { ...options, level: 7 } })).message).toMatch(
      /^invalid option level: 7/,
    );
    expect((await damaged({ options: { ...options, types: [['w', 'number']] } })).message).toMatch(
      /^unknown column "w"/,
    );
    expect((await damaged({ rows: own.rows.slice(0, 2) })).message).toMatch(/^too few labelled rows: 2 /);
  });
});
