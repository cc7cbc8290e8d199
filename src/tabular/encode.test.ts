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

  it('centres categories; unseen, rare and missing levels are zeros', async () => {
    const { encoding, x } = await encode('c,y\na,1\na,2\nb,3\nb,4\nb,5\nlone,6\nb,\nnew,\nNA,\n');
    expect(encoding.columns[0]).toMatchObject({ kind: 'category', levels: ['b', 'a'], shares: [0.5, 2 / 6] });
    const rows = Array.from({ length: x.rows }, (_, r) => [...x.values.subarray(2 * r, 2 * r + 2)]);
    expect(rows[6]).toEqual(rows[2]);
    for (const zero of [5, 7, 8]) expect(rows[zero]).toEqual([0, 0]);
    expect(rows[0]![1]).toBeCloseTo((1 - 1 / 3) / Math.sqrt(2 / 9), 12);
  });

  it('says which columns it leaves out', async () => {
    const head = 'id,name,same,blank,hole,x,y\n';
    const lines = Array.from({ length: 12 }, (_, i) => `${i + 1},n${i},k,,${i < 1 ? '5' : ''},${i % 4},${i}`);
    const { encoding } = await encode(`${head}${lines.join('\n')}\n`);
    expect(encoding.columns.map(({ name }) => name)).toEqual(['x']);
    expect(encoding.warnings.join('\n')).toMatch(
      /"id" counts the rows.*\n.*"name" has 12 different words in 12.*\n.*"same" is "k" in every.*\n.*"hole" is 5 in every/,
    );
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
