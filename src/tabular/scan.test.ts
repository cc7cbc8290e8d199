import { describe, expect, it } from 'vitest';
import { openTable } from './read.js';
import { checkSomethingToDo, LABELLED_ROWS, scanTable } from './scan.js';
import { refusal, sampleCsv, scratch } from './table.test.helper.js';

const file = scratch();
const scan = async (text: string, target = 'y', choices = {}, seed = 1) => {
  const source = await openTable(await file('table.csv', text));
  return { source, scan: await scanTable(source, { target, seed, choices }) };
};

describe('scanning', () => {
  it('infers what columns hold, and counts', async () => {
    const text = 'id,n,c,flag,none,y\n1,0.5,red,true,,1\n2,NA,blue,false,NA,\n3,2,red,true,,3\n';
    const { scan: found } = await scan(text);
    expect(found.columns.map(({ type }) => type)).toEqual([
      'number',
      'number',
      'category',
      'category',
      'empty',
      'number',
    ]);
    expect(found.columns[1]).toMatchObject({ missing: 1, numbers: 2, texts: 0, low: 0.5, high: 2 });
    expect([found.labelled, found.unlabelled]).toEqual([2, 1]);
    expect(found.examples.map(({ line }) => line)).toEqual([2, 4]);
  });

  it('keeps a seeded sample of many labelled rows, each as likely as another', async () => {
    const text = `x,y\n${Array.from({ length: 3 * LABELLED_ROWS }, (_, i) => `${i},${i % 7}`).join('\n')}\n`;
    const one = (await scan(text)).scan;
    expect(one.labelled).toBe(3 * LABELLED_ROWS);
    expect(one.examples).toHaveLength(LABELLED_ROWS);
    const lines = one.examples.map(({ line }) => line);
    expect([...lines].sort((a, b) => a - b)).toEqual(lines);
    expect((await scan(text)).scan.examples).toEqual(one.examples);
    expect((await scan(text, 'y', {}, 2)).scan.examples).not.toEqual(one.examples);
    const lastThird = lines.filter((line) => line > 2 * LABELLED_ROWS).length / LABELLED_ROWS;
    expect(lastThird).toBeGreaterThan(0.28);
    expect(lastThird).toBeLessThan(0.39);
  });

  it('takes corrections', async () => {
    const { scan: found } = await scan('zip,z,y\n10115,oops,1\n20095,2,2\n', 'y', {
      categories: ['zip'],
      ignored: ['z'],
    });
    expect(found.columns.map(({ type }) => type)).toEqual(['category', 'ignored', 'number']);
  });

  it('takes a name with a comma for one name, and else for several', async () => {
    const text = '"a, b",a,b,y\n1,2,3,4\n2,3,5,6\n';
    const ignoring = async (ignored: string[]) => (await scan(text, 'y', { ignored })).scan.choices.ignored;
    expect(await ignoring(['a, b'])).toEqual(['a, b']);
    expect(await ignoring(['a ,b'])).toEqual(['a', 'b']);
    expect(await ignoring(['a', 'a, b'])).toEqual(['a', 'a, b']);
  });
});

describe('what cannot be learned', () => {
  const numbers = Array.from({ length: 20 }, (_, i) => `${i},${i}`).join('\n');
  it.each([
    ['unknown column', sampleCsv(5), 'Y2', 'unknown column "Y2": did you mean "y"? Columns: x, kind, y', 2],
    ['rows are missing', 'x,y\n', 'y', 'empty table: ', 1],
    ['no labelled rows', 'x,y\n1,\n2,NA\n', 'y', 'no labelled rows: the column "y" of ', 1],
    [
      'text in a numeric column',
      `x,y\n${numbers}\nbad,3\nworse,4\n`,
      'y',
      'text in numeric column "x": "bad" on line 22, "worse" on line 23 of ',
      1,
    ],
    [
      'infinite numbers',
      `x,y\n${numbers}\ninf,3\n`,
      'y',
      'infinite number in column "x": "Infinity" on line 22 of ',
      1,
    ],
    [
      'infinite label',
      `x,y\n${numbers}\n1,-1e999\n`,
      'y',
      'infinite number in column "y": "-Infinity" on line 22 of ',
      1,
    ],
  ])('%s', async (_, text, target, start, code) => {
    const { message, exitCode } = await refusal(() => scan(text, target));
    expect(message.startsWith(start), message).toBe(true);
    expect(exitCode).toBe(code);
  });

  it('nothing to do, or a correction of the target', async () => {
    const { source, scan: found } = await scan(sampleCsv(9));
    const asked = { rows: false, holdout: false };
    const nothing = await refusal(() => checkSomethingToDo(source, found, 'y', asked));
    expect(nothing.message).toMatch(
      /^no rows to predict: all 9 rows of .* have "y": .*option rows.*option holdout/,
    );
    expect(nothing.exitCode).toBe(2);
    checkSomethingToDo(source, found, 'y', { rows: false, holdout: true });
    checkSomethingToDo(source, found, 'y', { rows: true, holdout: false });
    const wrong = await refusal(() => scan(sampleCsv(9), 'y', { ignored: ['y'] }));
    expect(wrong.message).toMatch(/^invalid option types: "y=ignore": it is the target/);
  });
});
