import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../core/measurement.js';
import { sampleCsv, scratch } from '../tabular/table.test.helper.js';
import { captured, standIn } from './captured.test.helper.js';
import { packageFile } from './package.js';

const file = scratch();

describe('the main job', () => {
  it('without words: fills in the penguins, compares, says what to try next', async () => {
    const { code, out, err } = await captured([]);
    expect(code).toBe(0);
    expect(out).toMatch(/^2 rows of penguins\.csv without body_mass_g, learned in context from 342 with it:/);
    expect(out).toMatch(/\n +5 +Adelie .* 3\d\d0\n +273 +Gentoo .* 4\d\d0\n/);
    for (const learner of ['mean', 'knn:3', 'ols', 'ridge:loo', 'stand-in (frozen)'])
      expect(out).toContain(`\n${learner} `);
    expect(out).toMatch(/1,234,567 parameters, SHA-256 abababababababab…, frozen/);
    expect(out).not.toContain('\u001b');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(err).toMatch(
      /^predict penguins\.csv: target body_mass_g, model stand-in, seed 1, spec [0-9a-f]{12}\n/,
    );
    expect(err).toMatch(/Try next:\n {2}icicle predict /);
  });

  it('on real tables errs no more than ridge by a tenth', async () => {
    const table = packageFile('examples', 'tables', 'wine.csv');
    const { out } = await captured([
      'predict',
      table,
      '-t',
      'alcohol',
      '--holdout',
      '0.5',
      '--examples',
      '20',
      '--repeats',
      '8',
      '--json',
    ]);
    const rows = (JSON.parse(out) as { comparison: Measurement[] }).comparison;
    const ratio = rows.find((row) => row.learner === 'stand-in' && row.metric === 'rmse-ratio')!;
    expect(ratio.value).toBeLessThan(1.1);
  });
});

describe('icicle predict', () => {
  it('prints one JSON document with every prediction', async () => {
    const path = await file('table.csv', sampleCsv(130, 100));
    const { code, out } = await captured(['predict', path, '--target', 'y', '--json', '--seed', '3']);
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document).toMatchObject({
      target: 'y',
      labelled: 30,
      unlabelled: 100,
      model: { name: 'stand-in', parameters: 1234567, frozen: true },
      columns: [
        { name: 'x', type: 'number', missing: 0 },
        { name: 'kind', type: 'category', missing: 0 },
        { name: 'y' },
      ],
    });
    expect(document.predictions).toHaveLength(100);
    expect(document.predictions[0].line).toBe(32);
    expect(document.hash).toMatch(/^[0-9a-f]{12}$/);
    expect((await captured(['predict', path, '--target', 'y', '--json', '--seed', '3'])).out).toBe(out);
  });

  it('shows the first rows and says where the others are', async () => {
    const path = await file('table.csv', sampleCsv(130, 100));
    const { out } = await captured(['predict', path, '--target', 'y']);
    expect(out).toMatch(/^100 rows of table\.csv without y, learned in context from 30 with it:/);
    expect(out).toContain('\n… and 80 more: write all of them with -o out.csv\n');
  });

  it('writes every row with all its cells to a CSV file, and nothing else beside it', async () => {
    const path = await file(
      'quoted.csv',
      'x,"note, long",y\n1,"a, ""b""",1\n2,"a, ""b""",2\n3,c,3\n4,c,4\n5,"a, ""b""",\n',
    );
    const target = join(dirname(path), 'out.csv');
    const { code, out, err } = await captured(['predict', path, '-t', 'y', '-o', target]);
    expect(code).toBe(0);
    expect(out).not.toContain('predicted');
    expect(err).toContain(`wrote 1 predicted row to ${target}\n`);
    const [header, row] = parse(readFileSync(target)) as string[][];
    expect(header).toEqual(['x', 'note, long', 'y', 'predicted_y']);
    expect(row!.slice(0, 3)).toEqual(['5', 'a, "b"', '']);
    expect(Number(row![3])).toBeGreaterThan(3);
    expect(readdirSync(dirname(target)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('leaves nothing half-written', async () => {
    const path = await file('table.csv', sampleCsv(130, 100));
    const target = join(dirname(path), 'half.csv');
    let calls = 0;
    const model = standIn();
    const broken = {
      ...model,
      learner: {
        ...model.learner,
        predict: (episodes: Parameters<typeof model.learner.predict>[0]) => {
          if (calls++ > 8) throw new Error('gone');
          return model.learner.predict(episodes);
        },
      },
    };
    const { code, err } = await captured(['predict', path, '-t', 'y', '-o', target], {
      openModel: async () => broken,
    });
    expect(code).toBe(1);
    expect(err).toContain('gone');
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(dirname(target)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const full = await captured(['predict', path, '-t', 'y', '-o', '/dev/full']);
    expect(full.code).toBe(1);
    expect(full.err).toMatch(/error: cannot write \/dev\/full: the disk is full: free some space/);
    const nowhere = await captured(['predict', path, '-t', 'y', '-o', '/nowhere/out.csv']);
    expect(nowhere.err).toMatch(/error: cannot write \/nowhere\/out\.csv: there is no folder \/nowhere/);
  });

  it('closes the model whatever happens, and opens none for a table that cannot be read', async () => {
    const path = await file('table.csv', sampleCsv(30, 5));
    let open = 0;
    let opened = 0;
    const openModel = async () => {
      open++;
      opened++;
      return {
        ...standIn(),
        close: async () => {
          open--;
        },
      };
    };
    await captured(['predict', path, '-t', 'y'], { openModel });
    await captured(['predict', path, '-t', 'y', '-o', '/nowhere/a.csv'], { openModel });
    expect([open, opened]).toEqual([0, 2]);
    await captured(['predict', path, '-t', 'z'], { openModel });
    expect(opened).toBe(2);
  });

  it('says what it left out', async () => {
    const lines = sampleCsv(30, 5)
      .trim()
      .split('\n')
      .map((line, i) => (i === 0 ? `id,${line}` : `${i},${line}`));
    const path = await file('id.csv', `${lines.join('\n')}\n`);
    const { err } = await captured(['predict', path, '-t', 'y']);
    expect(err).toContain('note: column "id" counts the rows and is left out\n');
  });
});

// One test for each bad input: the command's line on stderr and its exit code. What the reader itself refuses is
// tested beside it; here the whole way is.
describe('bad tables', () => {
  const rows = Array.from({ length: 20 }, (_, i) => `${i},${i}`).join('\n');
  it.each([
    ['empty table', '', [], 1, /^error: empty table: /],
    ['no rows', 'x,y\n', [], 1, /^error: empty table: .* has a header but no rows/],
    ['no header', '1,2\n3,4\n', [], 1, /^error: no header: /],
    ['duplicate header', 'y,y\n3,4\n', [], 1, /^error: duplicate header: /],
    ['ragged rows', 'x,y\n3,4\n5\n', [], 1, /^error: ragged row: line 3 of .* has 1 cells, the header has 2/],
    ['no labelled rows', 'x,y\n3,\n5,\n', [], 1, /^error: no labelled rows: /],
    [
      'all rows labelled',
      `x,y\n${rows}\n`,
      [],
      2,
      /^error: no rows to predict: all 20 rows .*--rows.*--holdout/,
    ],
    [
      'unknown column',
      `x,y\n${rows}\n`,
      ['--target', 'yield'],
      2,
      /^error: unknown column "yield": Columns: x, y\n/,
    ],
    [
      'constant target',
      'x,y\n1,2\n2,2\n3,2\n4,\n',
      [],
      1,
      /^error: constant target: every labelled row has 2/,
    ],
    [
      'text in a numeric column',
      `x,y\n${rows}\noops,\n`,
      [],
      1,
      /^error: text in numeric column "x": "oops" on line 22/,
    ],
    [
      'category target',
      'x,y\n1,a\n2,b\n3,\n',
      [],
      2,
      /^error: unsupported target: "y": its cells .* are words/,
    ],
    [
      'infinite numbers',
      `x,y\n${rows}\ninf,\n`,
      [],
      1,
      /^error: infinite number in column "x": "Infinity" on line 22/,
    ],
    [
      'open quote',
      'x,y\n"1,2\n2,3\n',
      [],
      1,
      /^error: invalid table: a quote that opens in the row at line 2/,
    ],
    ['unknown column to ignore', `x,y\n${rows}\n`, ['--ignore', 'z'], 2, /^error: unknown column "z"/],
  ])('%s', async (_, text, more, exitCode, pattern) => {
    const path = await file('bad.csv', text);
    const { code, out, err } = await captured(['predict', path, '--target', 'y', ...more]);
    expect(err).toMatch(pattern);
    expect(err.split('\n')).toHaveLength(2);
    expect(out).toBe('');
    expect(code).toBe(exitCode);
  });

  it.each([
    ['BOM and CRLF', '\uFEFFx,y\r\n1,2\r\n2,3\r\n3,5\r\n4,\r\n'],
    ['quoted commas', '"x",c,y\n1,"a, b",2\n2,"a, b",3\n3,"c",5\n4,"c",6\n5,"a, b",\n'],
    ['semicolons and decimal commas', 'x;y\n1,5;2,5\n2;3\n3;5\n4;\n'],
  ])('are not: %s', async (_, text) => {
    const path = await file('good.csv', text);
    const { code, out } = await captured(['predict', path, '--target', 'y', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out).predictions).toHaveLength(1);
  });

  it('a missing target is asked for with the names that there are', async () => {
    const path = await file('good.csv', 'a,b\n1,2\n');
    const { code, err } = await captured(['predict', path]);
    expect(code).toBe(2);
    expect(err).toBe('error: missing --target: name the column to predict. Columns: a, b\n');
  });
});
