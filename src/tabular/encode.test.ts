import { describe, expect, it } from 'vitest';
import { encodeRows, encodeTarget, fitEncoding } from './encode.js';
import { openTable } from './read.js';
import { scanTable } from './scan.js';
import { collect, refusal, scratch } from './table.test.helper.js';

const file = scratch();
const encode = async (text: string, target = 'y') => {
  const source = await openTable(await file('table.csv', text));
  const { columns, examples } = await scanTable(source, { target, seed: 1 });
  const encoding = fitEncoding(source, columns, target, examples);
  return { source, encoding, x: encodeRows(encoding, source, await collect(source.rows())), examples };
};

describe('encoding', () => {
  it('standardises numbers on the labelled rows and puts missing ones at the mean', async () => {
    const { encoding, x, source, examples } = await encode('x,y\n1,10\n3,20\nNA,30\n100,\n');
    expect(encoding.columns).toEqual([{ kind: 'number', name: 'x', mean: 2, scale: 1 }]);
    expect([...x.values]).toEqual([-1, 1, 0, 98]);
    const labels = encodeTarget(encoding, source, examples);
    expect([...labels].reduce((a, b) => a + b)).toBeCloseTo(0, 12);
    expect([...labels].reduce((a, b) => a + b * b, 0)).toBeCloseTo(3, 12);
  });

  it('centres categories; rare levels are none of the others, and missing ones are the mean', async () => {
    const { encoding, x } = await encode('c,y\na,1\na,2\nb,3\nb,4\nb,5\nlone,6\nb,\nnew,\nNA,\n');
    expect(encoding.columns[0]).toMatchObject({ kind: 'category', levels: ['b', 'a'], shares: [0.5, 2 / 6] });
    const rows = Array.from({ length: x.rows }, (_, r) => [...x.values.subarray(2 * r, 2 * r + 2)]);
    expect(rows[6]).toEqual(rows[2]);
    expect(rows[7]).toEqual(rows[5]);
    expect(rows[5]).toEqual([-1, -Math.sqrt(0.5)].map((value) => expect.closeTo(value, 12)));
    expect(rows[8]).toEqual([0, 0]);
    for (const level of [0, 1]) {
      const labelled = rows.slice(0, 6).map((row) => row[level]!);
      expect(labelled.reduce((sum, v) => sum + v, 0)).toBeCloseTo(0, 12);
      expect(labelled.reduce((sum, v) => sum + v * v, 0) / 6).toBeCloseTo(1, 12);
    }
    expect(rows[0]![1]).toBeCloseTo((1 - 1 / 3) / Math.sqrt(2 / 9), 12);
  });

  it('says which columns it leaves out', async () => {
    const head = 'id,name,same,blank,hole,x,y\n';
    const lines = Array.from({ length: 12 }, (_, i) => `${i + 1},n${i},k,,${i < 1 ? '5' : ''},${i % 4},${i}`);
    const { encoding } = await encode(`${head}${lines.join('\n')}\n`);
    expect(encoding.columns.map(({ name }) => name)).toEqual(['x']);
    expect(encoding.warnings.join('\n')).toMatch(
      /"name" has 12 different words in 12.*\n.*"same" is "k" in every.*\n.*"hole" is 5 in every.*\n.*"id" counts the rows/,
    );
  });

  const counting = (from: number, name: string, at: number) =>
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
      .map((i) => {
        const cells = [`${(i * 7) % 5}`, `${i * i}`];
        cells.splice(at, 0, `${from + i}`);
        return cells.join(',');
      })
      .reduce(
        (text, line) => `${text}\n${line}`,
        (() => {
          const names = ['x', 'y'];
          names.splice(at, 0, name);
          return names.join(',');
        })(),
      );
  it.each([
    ['a first column from 1', counting(1, 'patient', 0), false],
    ['a first column from 0', counting(0, 'column_1', 0), false],
    ['an id further on', counting(1, 'row_id', 1), false],
    ['years', counting(1990, 'year', 0), true],
    ['days further on', counting(1, 'day', 1), true],
    ['a name that only ends like an id', counting(1, 'humid', 1), true],
  ])('of columns that count: %s', async (_, text, kept) => {
    const { encoding } = await encode(`${text}\n`);
    expect(encoding.columns).toHaveLength(kept ? 2 : 1);
    const warning = kept ? /^$/ : /counts the rows and is left out; to keep it, put another column first/;
    expect(encoding.warnings.join()).toMatch(warning);
  });

  it('keeps a column that counts where there is no other', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `${i + 1},${i * i}`);
    const { encoding } = await encode(`id,y\n${rows.join('\n')}\n`);
    expect(encoding).toMatchObject({ columns: [{ name: 'id' }], warnings: [] });
  });

  it('keeps columns of tiny numbers, and drops what differs by rounding', async () => {
    const tiny = await encode(
      'x,z,y\n1e-14,1000000000000.1,1\n8e-13,1000000000000.2,2\n3e-13,1000000000000.1,4\n',
    );
    expect(tiny.encoding.columns.map(({ name }) => name)).toEqual(['x']);
  });

  it.each([
    ['numbers and words', '1\n2\n3\n4\n5\n6\n7\n8\n9\nn.d.\nn.d.\nn.d.'.split('\n'), /"n\.d\." on line 11/],
    [
      'numbers with commas',
      Array.from({ length: 12 }, (_, i) => `"1,${200 + (i % 3)}"`),
      /"1,200" on line 2/,
    ],
  ])('says that it takes %s for words', async (_, cells, example) => {
    const lines = cells.map((cell, i) => `${cell},${i % 5},${i}`).join('\n');
    const { encoding } = await encode(`c,x,y\n${lines}\n`);
    const [note] = encoding.warnings.filter((warning) =>
      warning.startsWith('column "c" is read as categories'),
    );
    expect(note).toMatch(example);
    expect(note).toContain('else set its type to category with the option types');
  });

  it('survives numbers at the ends of float64', async () => {
    const { encoding, x } = await encode('x,y\n1e308,1\n-1e308,2\n1e308,4\n');
    expect(encoding.columns[0]).toMatchObject({ kind: 'number' });
    expect(x.values.every(Number.isFinite)).toBe(true);
  });
});

describe('what cannot be encoded', () => {
  it.each([
    ['constant target', 'x,y\n1,5\n2,5\n3,5\n', 'constant target: every labelled row has 5 in "y" of '],
    ['too few labelled rows', 'x,y\n1,5\n2,6\n3,\n', 'too few labelled rows: 2 in "y" of '],
    ['nothing to learn from', 'x,y\n1,5\n1,6\n1,7\n', 'no column to learn from: '],
    ['only the target', 'y\n5\n6\n7\n', 'no column to learn from: '],
  ])('%s', async (_, text, start) => {
    const { message, exitCode } = await refusal(() => encode(text));
    expect(message.startsWith(start), message).toBe(true);
    expect(exitCode).toBe(1);
  });

  it('a constant target, however many rows have it and however it rounds', async () => {
    for (let n = 3; n <= 100; n++) {
      const text = `x,y\n${Array.from({ length: n }, (_, i) => `${i * i},0.1`).join('\n')}\n`;
      expect((await refusal(() => encode(text))).message).toMatch(
        /^constant target: every labelled row has 0\.1 /,
      );
    }
  });

  it('text or infinity in a numeric column of other rows', async () => {
    const { encoding } = await encode('x,y\n1,10\n3,20\n5,30\n');
    const other = await openTable(await file('rows.csv', 'x\n1\noops\ninf\n'));
    const [, text, infinite] = await collect(other.rows());
    expect((await refusal(() => encodeRows(encoding, other, [text!]))).message).toMatch(
      /^text in numeric column "x": "oops" on line 3 of .*rows\.csv/,
    );
    expect((await refusal(() => encodeRows(encoding, other, [infinite!]))).message).toMatch(
      /^infinite number .* line 4/,
    );
  });
});
