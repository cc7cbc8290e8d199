import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCell } from './cells.js';
import { openTable } from './read.js';
import { collect, refusal, scratch } from './table.test.helper.js';

const file = scratch();
const read = async (text: string | Uint8Array) => {
  const source = await openTable(await file('table.csv', text));
  return { source, rows: await collect(source.rows()) };
};

describe('cells', () => {
  it.each([
    ['1', 1],
    [' -2.50 ', -2.5],
    ['+.5e-3', 0.0005],
    ['1e999', Number.POSITIVE_INFINITY],
    ['-inf', Number.NEGATIVE_INFINITY],
    ['', null],
    ['NA', null],
    ['nan', null],
    [' ? ', null],
    ['NULL', null],
    ['0x1f', '0x1f'],
    ['12 kg', '12 kg'],
    ['3,5', '3,5'],
    ['-', '-'],
  ])('%j is %j', (cell, value) => {
    expect(parseCell(cell)).toBe(value);
  });

  it('takes a decimal comma where it is told to', () => {
    expect(parseCell('-3,5', true)).toBe(-3.5);
    expect(parseCell('1,5e-7', true)).toBe(1.5e-7);
  });

  it('takes a decimal comma in files with semicolons, and nowhere else', async () => {
    const mark = async (text: string) => {
      const { decimalComma, decimalMark } = (await read(text)).source;
      return [decimalComma, decimalMark];
    };
    expect(await mark('a;b\n1,5;2\n')).toEqual([true, ',']);
    expect(await mark('a;b\n1.5;2\n')).toEqual([true, '.']);
    expect(await mark('a\tb\n1,234\t2\n')).toEqual([false, '.']);
    expect(await mark('a,b\n"1,234",2\n')).toEqual([false, '.']);
  });
});

describe('reading', () => {
  it.each([
    ['comma', 'a,b,c\n1,2,3\n'],
    ['semicolon', 'a;b;c\n1;2;3\n'],
    ['tab', 'a\tb\tc\n1\t2\t3\n'],
    ['a header from elsewhere', 'a,b,c\r\n1,2,3\n'],
    ['CR', 'a,b,c\r1,2,3\r'],
    ['BOM', '\uFEFFa,b,c\n1,2,3\n'],
    ['CRLF', 'a,b,c\r\n1,2,3\r\n'],
    ['no newline at the end', 'a,b,c\n1,2,3'],
    ['blanks around names', ' a , b,c \n1,2,3\n'],
    ['quoted names', '"a","b","c"\n1,2,3\n'],
  ])('%s', async (_, text) => {
    const { source, rows } = await read(text);
    expect(source.names).toEqual(['a', 'b', 'c']);
    expect(rows).toEqual([{ line: 2, cells: ['1', '2', '3'] }]);
  });

  it('keeps quoted commas and quotes, and counts lines over line breaks and blank lines', async () => {
    const { rows } = await read('a,b\n"x, ""y""",1\n\n"two\nlines",2\nend,3\n');
    expect(rows).toEqual([
      { line: 2, cells: ['x, "y"', '1'] },
      { line: 4, cells: ['two\nlines', '2'] },
      { line: 6, cells: ['end', '3'] },
    ]);
  });

  it('names a column without a name after its place', async () => {
    expect((await read(',b\n1,2\n')).source.names).toEqual(['column_1', 'b']);
  });

  it('takes years for names where a word stands over numbers', async () => {
    const { source } = await read('country,2019,2020,2021,y\nFrance,1,2,3,4\n');
    expect(source.names).toEqual(['country', '2019', '2020', '2021', 'y']);
  });

  it('reads what a CSV writer wrote', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\t', '\n', ' ', '7') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, cell), { maxLength: 10 }),
        fc.constantFrom(',', ';', '\t'),
        async (cells, delimiter) => {
          const text = stringify([['one', 'two', 'three'], ...cells], { delimiter, quoted: true });
          const { source, rows } = await read(text);
          expect(source.delimiter).toBe(delimiter);
          expect(rows.map((row) => row.cells)).toEqual(cells);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('can be read again and left early', async () => {
    const source = await openTable(await file('again.csv', `a,b\n${'1,2\n'.repeat(5000)}`));
    for await (const row of source.rows()) {
      expect(row.line).toBe(2);
      break;
    }
    expect(await collect(source.rows())).toHaveLength(5000);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['empty table', '', 'empty table: '],
    ['only blank lines', '\n\n \n', 'empty table: '],
    ['no header', '1,2,x\n3,4,y\n', 'no header: the first line of '],
    ['no header, a word first', 'a,1,2,3\nb,4,5,6\n', 'no header: the first line of '],
    ['duplicate header', 'a,b,a\n1,2,3\n', 'duplicate header: columns 1 and 3 of '],
    ['ragged row', 'a,b\n1,2\n3\n', 'ragged row: line 3 of '],
    ['too many cells', 'a,b\n1,2\n\n3,4,5\n', 'ragged row: line 4 of '],
    ['open quote', 'a,b\n"x,2\n3,4\n', 'invalid table: a quote that opens in the row at line 2 of '],
    [
      'quote in the middle',
      'a,b\nx"y,2\n',
      'invalid table: a quote stands where none can be, near line 2 of ',
    ],
    ['not text', 'PK\u0003\u0004\u0000\u0000', 'invalid table: '],
  ])('%s', async (_, text, start) => {
    const { message, exitCode } = await refusal(() => read(text));
    expect(message.startsWith(start), message).toBe(true);
    expect(exitCode).toBe(1);
  });

  it('missing file, folder', async () => {
    const gone = await refusal(() => openTable('/nowhere/table.csv'));
    expect(gone).toEqual({ message: 'missing file: /nowhere/table.csv: check the path', exitCode: 2 });
    const inFile = `${await file('ok.csv', 'a,b\n1,2\n')}/x`;
    expect(await refusal(() => openTable(inFile))).toEqual({
      message: `missing file: ${inFile}: check the path`,
      exitCode: 2,
    });
    const long = await refusal(() => openTable('x'.repeat(5000)));
    expect(long.message).toMatch(/^cannot read x+: the system says ENAMETOOLONG: /);
    expect((await refusal(() => openTable('/'))).message).toMatch(/^cannot read \/: it is a folder/);
  });
});
