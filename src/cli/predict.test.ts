import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../core/measurement.js';
import { parseCell } from '../tabular/cells.js';
import { openTable } from '../tabular/read.js';
import { collect, sampleCsv, scratch } from '../tabular/table.test.helper.js';
import { captured, standIn } from './captured.test.helper.js';
import { packageFile } from './package.js';

const file = scratch();

describe('the main job', () => {
  it('fills in the penguins and compares', async () => {
    const flags = ['--target', 'body_mass_g', '--holdout', '0.25', '--examples', '40'];
    const { code, out, err } = await captured([
      'predict',
      packageFile('examples', 'tables', 'penguins.csv'),
      ...flags,
    ]);
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
    const both = await captured(['predict', path, '-t', 'y', '--json', '-o', '/dev/full']);
    expect([both.code, both.out]).toEqual([1, '']);
    const nowhere = await captured(['predict', path, '-t', 'y', '-o', '/nowhere/out.csv']);
    expect(nowhere.err).toMatch(/error: cannot write \/nowhere\/out\.csv: there is no folder \/nowhere/);
  });

  it.each([
    [['--json', '-o', '/nowhere/x.csv'], 1, /^error: cannot write \/nowhere\/x\.csv/],
    [
      ['-o', 'half.csv', '--holdout', '0.25', '--examples', '50'],
      2,
      /^error: invalid --examples: 50: 3 to 8 here/,
    ],
    [['--json', '-o', 'half.csv', '--holdout', '0.25', '--examples', '50'], 2, /^error: invalid --examples/],
    [['--holdout', '0.9'], 1, /^error: too few labelled rows: 11/],
  ])('%j fails before the first output', async (flags, exitCode, pattern) => {
    const path = await file('table.csv', sampleCsv(12, 1));
    const target = join(dirname(path), 'half.csv');
    const words = flags.map((word) => (word === 'half.csv' ? target : word));
    const { code, out, err } = await captured(['predict', path, '-t', 'y', ...words]);
    expect(err).toMatch(pattern);
    expect([code, out, existsSync(target)]).toEqual([exitCode, '', false]);
  });

  it('prints nothing where the comparison fails', async () => {
    const path = await file('table.csv', sampleCsv(30, 5));
    const model = standIn();
    const predict = async (episodes: Parameters<typeof model.learner.predict>[0]) => {
      if (episodes.points < 20) throw new Error('gone');
      return model.learner.predict(episodes);
    };
    const openModel = async () => ({ ...model, learner: { ...model.learner, predict } });
    for (const flags of [[], ['--json']]) {
      const { code, out } = await captured(['predict', path, '-t', 'y', '--holdout', '0.5', ...flags], {
        openModel,
      });
      expect([code, out]).toEqual([1, '']);
    }
  });

  it('feeds the file and the JSON document from one pass', async () => {
    const path = await file('table.csv', sampleCsv(130, 100));
    const target = join(dirname(path), 'both.csv');
    let prompts = 0;
    const model = standIn();
    const predict = (episodes: Parameters<typeof model.learner.predict>[0]) => {
      prompts += episodes.episodes;
      return model.learner.predict(episodes);
    };
    const openModel = async () => ({ ...model, learner: { ...model.learner, predict } });
    await captured(['predict', path, '-t', 'y', '--json'], { openModel });
    const once = prompts;
    prompts = 0;
    const { out } = await captured(['predict', path, '-t', 'y', '--json', '-o', target], { openModel });
    expect(prompts).toBe(once);
    const written = parse(readFileSync(target), { columns: true }) as Record<string, string>[];
    const values = (JSON.parse(out) as { predictions: { value: number }[] }).predictions.map(
      ({ value }) => value,
    );
    expect(written.map(({ predicted_y }) => Number(predicted_y))).toEqual(values);
  });

  it.each([
    ['semicolons and decimal commas', (text: string) => text.replaceAll(',', ';').replaceAll('.', ',')],
    ['semicolons', (text: string) => text.replaceAll(',', ';')],
    ['tabs', (text: string) => text.replaceAll(',', '\t')],
  ])('writes what it can read again: %s', async (_, dialect) => {
    const path = await file('table.csv', dialect(sampleCsv(30, 3)));
    const target = join(dirname(path), 'again.csv');
    await captured(['predict', path, '-t', 'y', '-o', target]);
    const [before, after] = [await openTable(path), await openTable(target)];
    expect(after).toMatchObject({ delimiter: before.delimiter, decimalMark: before.decimalMark });
    expect(after.names).toEqual([...before.names, 'predicted_y']);
    const cells = (await collect(after.rows())).map((row) => parseCell(row.cells[3]!, after.decimalComma));
    expect(cells).toHaveLength(3);
    expect(cells.every((value) => typeof value === 'number')).toBe(true);
    const more = join(dirname(path), 'more.csv');
    await captured(['predict', path, '-t', 'y', '--rows', target, '-o', more]);
    expect((await openTable(more)).names.slice(-2)).toEqual(['predicted_y', 'predicted_y_']);
  });

  it('refuses to write no rows', async () => {
    const path = await file('table.csv', sampleCsv(30));
    const target = join(dirname(path), 'none.csv');
    const { code, out, err } = await captured(['predict', path, '-t', 'y', '--holdout', '0.5', '-o', target]);
    expect(err).toMatch(
      /^error: no rows to write to .*none\.csv: all 30 rows of .* have "y": leave out --output/,
    );
    expect([code, out, existsSync(target)]).toEqual([2, '', false]);
  });

  it('tells a model from the baseline of the same name', async () => {
    const path = await file('table.csv', sampleCsv(30));
    const model = standIn();
    const openModel = async () => ({ ...model, name: 'ols', learner: { ...model.learner, name: 'ols' } });
    const { out } = await captured(['predict', path, '-t', 'y', '--holdout', '0.5'], { openModel });
    expect(out).toMatch(/\nols {2}/);
    expect(out).toMatch(/\nols-model \(frozen\) {2}/);
    const cells = (start: string) =>
      out
        .split('\n')
        .find((line) => line.startsWith(start))!
        .match(/\d.*/)![0];
    expect(cells('ols-model (frozen)')).not.toBe(cells('ols  '));
  });

  it('follows its own advice on a name with a comma', async () => {
    const lines = Array.from({ length: 20 }, (_, i) => `${i < 18 ? i : 'bad'},${i % 7},${i === 19 ? '' : i}`);
    const path = await file('comma.csv', `"a, b",x,y\n${lines.join('\n')}\n`);
    const { err } = await captured(['predict', path, '-t', 'y']);
    expect(err).toContain('in numeric column "a, b"');
    expect(err).toContain('or set its type to category or ignore with --types\n');
    for (const flags of [
      ['--types', 'a, b=category,x=number'],
      ['--types', 'a, b=ignore'],
      ['--category', 'a, b'],
      ['--ignore', 'a, b'],
    ])
      expect((await captured(['predict', path, '-t', 'y', ...flags])).code, flags.join(' ')).toBe(0);
  });

  it('refuses flags of a comparison without one', async () => {
    const { code, err } = await captured(['predict', 'table.csv', '-t', 'y', '--repeats', '5']);
    expect(err).toBe('error: invalid --repeats: 5: it belongs to a comparison: add --holdout 0.25\n');
    expect(code).toBe(2);
  });

  it('looks for a misspelt flag among those of the verb', async () => {
    const { err } = await captured(['bench', 'step', '--round', '3']);
    expect(err).toMatch(/^error: unknown flag "--round": did you mean "--rounds"\?/);
    const value = await captured(['bench', 'learn', '--seed']);
    expect(value.err).toBe('error: missing value of --seed: see "icicle bench learn --help"\n');
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
    expect([open, opened]).toEqual([0, 1]);
    await captured(['predict', path, '-t', 'z'], { openModel });
    expect(opened).toBe(1);
  });

  it('says what it left out', async () => {
    const lines = sampleCsv(30, 5)
      .trim()
      .split('\n')
      .map((line, i) => (i === 0 ? `id,${line}` : `${i},${line}`));
    const path = await file('id.csv', `${lines.join('\n')}\n`);
    const { err } = await captured(['predict', path, '-t', 'y']);
    expect(err).toContain('note: column "id" counts the rows and is left out; to keep it, ');
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
