import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, describe, expect, it } from 'vitest';
import { openParquet, toParquet } from '../tabular/parquet.js';
import { collect, scratch } from '../tabular/table.test.helper.js';
import { tinyLearner } from '../tabular/tiny.test.helper.js';
import { captured } from './captured.test.helper.js';
import { inFlags } from './usage.js';

const file = scratch();
const learner = tinyLearner();
afterAll(() => learner.release());

const openTabular = async () => ({
  learner,
  name: 'tiny',
  parameters: 4321,
  hash: 'cd'.repeat(32),
  close: async () => undefined,
});
const icicle = (...argv: string[]) => captured(argv, { openTabular });

/** 40 rows with a number, a word, a class `kind` that two rows lack and a number `mass` that three lack. */
const rows = Array.from({ length: 40 }, (_, r) => {
  const x = Math.sin(r) * 4;
  const kind = r >= 38 ? '' : x + (r % 3) > 1 ? 'large' : 'small';
  return [x.toFixed(3), ['red', 'blue', 'green'][r % 3]!, kind, r >= 37 ? '' : (x * 3 + (r % 3)).toFixed(2)];
});
const names = ['x', 'colour', 'kind', 'mass'];
const csv = [names, ...rows].map((cells) => cells.join(',')).join('\n');

describe('predict with a model of tables', () => {
  it('fills in classes, says how sure it is and how good that is', async () => {
    const { code, out, err } = await icicle(
      'predict',
      await file('a.csv', csv),
      '-t',
      'kind',
      '--explain',
      '1',
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^2 rows of a\.csv without kind, kind learned in context from 38 rows with it:/);
    expect(out).toMatch(/\n +40 .* (large|small) +[01]\.\d+\n/);
    expect(out).toMatch(
      /On your own labels \(38 labelled rows, .*\naccuracy [01]\.\d\d ± [01]\.\d\d; the majority class/,
    );
    expect(out).toMatch(/Line 40: P\((large|small)\) = /);
    expect(out).toMatch(/4,321 parameters, SHA-256 cdcdcdcdcdcdcdcd…, frozen/);
    expect(err).toMatch(/predict a\.csv: target kind, model tiny, seed 1, spec [0-9a-f]{12}\n/);
  });

  it('fills in numbers with intervals', async () => {
    const { out } = await icicle('predict', await file('a.csv', csv), '-t', 'mass', '--level', '0.8');
    expect(out).toMatch(/80 % interval/);
    expect(out).toMatch(/\n +41 .*\d…-?\d/);
    expect(out).toMatch(/R² .* the mean 0\.00, ridge /);
  });

  it('prints one JSON document, the same for the same command and seed', async () => {
    const path = await file('a.csv', csv);
    const json = async () => (await icicle('predict', path, '-t', 'kind', '--json', '--explain', '1')).out;
    const text = await json();
    const { predictions, quality, model, target, columns } = JSON.parse(text);
    expect(target).toMatchObject({ kind: 'classes', classes: ['large', 'small'] });
    expect(columns.map((column: { name: string }) => column.name)).toEqual(['x', 'colour', 'mass']);
    expect(quality.rows).toBe(38);
    expect(model).toEqual({ name: 'tiny', parameters: 4321, hash: 'cd'.repeat(32), frozen: true });
    expect(predictions).toHaveLength(2);
    expect(predictions[0]).toMatchObject({ line: 40, kind: 'classes', abstained: false });
    expect(predictions[0].explanation.hidden.length).toBeGreaterThan(0);
    expect(await json()).toBe(text);
  });

  it('writes CSV with the answers behind the cells; what is too unsure stays empty', async () => {
    const path = await file('a.csv', csv);
    const to = join(dirname(path), 'filled.csv');
    const { code } = await icicle(
      'predict',
      path,
      '-t',
      'kind',
      '--rows',
      path,
      '-o',
      to,
      '--abstain',
      '0.3',
    );
    expect(code).toBe(0);
    const written: Record<string, string>[] = parse(readFileSync(to, 'utf8'), { columns: true });
    expect(written).toHaveLength(40);
    expect(Object.keys(written[0]!)).toEqual([...names, 'predicted_kind', 'probability_kind']);
    for (const row of written)
      expect(row.predicted_kind !== '', row.probability_kind).toBe(Number(row.probability_kind) >= 0.7);
  });

  it('reads and writes Parquet', async () => {
    const path = await file('b.parquet', toParquet(names, rows));
    const to = join(dirname(path), 'filled.parquet');
    const { code, err } = await icicle('predict', path, '-t', 'mass', '-o', to);
    expect(err).not.toContain('error');
    expect(code).toBe(0);
    const written = await openParquet(to);
    expect(written.names).toEqual([...names, 'predicted_mass', 'low_mass', 'high_mass']);
    const all = await collect(written.rows());
    expect(all).toHaveLength(3);
    for (const { cells } of all) {
      const [value, low, high] = cells.slice(-3).map(Number) as [number, number, number];
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
    }
    // The same numbers as from CSV.
    const { out } = await icicle('predict', await file('b.csv', csv), '-t', 'mass', '--json');
    expect(Number(all[0]!.cells.at(-3))).toBeCloseTo(JSON.parse(out).predictions[0].value, 6);
  });

  it('compares on rows that are held out', async () => {
    const path = await file('a.csv', csv);
    const { out } = await icicle('predict', path, '-t', 'kind', '--holdout', '0.3', '--repeats', '2');
    for (const learner of ['majority', 'knn:5', 'logistic', 'tiny (frozen)'])
      expect(out).toContain(`\n${learner} `);
    const numbers = await icicle(
      'predict',
      path,
      '-t',
      'mass',
      '--holdout',
      '0.3',
      '--repeats',
      '2',
      '--json',
    );
    const { comparison } = JSON.parse(numbers.out);
    expect(new Set(comparison.map((row: { learner: string }) => row.learner))).toEqual(
      new Set(['mean', 'knn:5', 'ridge', 'tiny']),
    );
  });

  it.each([
    [['-t', 'kinds'], /unknown column "kinds": did you mean "kind"\?/],
    [['-t', 'kind', '--types', 'x=word'], /invalid --types: "x=word"/],
    [['-t', 'kind', '--types', 'y=number'], /unknown column "y"/],
    [['-t', 'colour'], /no rows to predict: all 40 rows/],
    [['-t', 'kind', '--abstain', '0'], /invalid --abstain: 0/],
    [['-t', 'kind', '--ignore', 'x,colour,mass'], /no column to learn from/],
  ])('refuses %j in one line', async (flags, message) => {
    const { code, err, out } = await icicle('predict', await file('a.csv', csv), ...flags);
    expect(code).toBeGreaterThan(0);
    expect(out).toBe('');
    expect(err.split('\n').find((line) => line.startsWith('error:'))).toMatch(message);
  });

  it('names flags where the library names options, but not within names', async () => {
    expect(inFlags('unknown column "the option x": set its type with the option types')).toBe(
      'unknown column "the option x": set its type with --types',
    );
    const lines = Array.from({ length: 20 }, (_, r) => `${r % 7},${r < 18 ? (r % 3 ? 1 : 0) : ''}`);
    const { err } = await icicle('predict', await file('two.csv', `x,y\n${lines.join('\n')}\n`), '-t', 'y');
    expect(err).toMatch(/note: the target "y" has two numbers, .* with --types\n/);
  });

  it('leaves no file behind where something is wrong', async () => {
    const path = await file('a.csv', csv);
    const to = join(dirname(path), 'never.csv');
    expect((await icicle('predict', path, '-t', 'nothing', '-o', to)).code).toBe(2);
    expect((await icicle('predict', path, '-t', 'colour', '-o', to)).code).toBe(2);
    expect(existsSync(to)).toBe(false);
  });
});

it('without words: fills in a class and a number of the penguins, and says what to try next', async () => {
  const { code, out, err } = await icicle();
  expect(code).toBe(0);
  expect(out).toMatch(/11 rows of penguins\.csv without sex/);
  expect(out).toMatch(/2 rows of penguins\.csv without body_mass_g/);
  expect(err).toMatch(/Try next:\n {2}icicle predict /);
  const { predictions } = JSON.parse((await icicle('demo', '--json')).out)[1];
  expect(predictions).toHaveLength(2);
});
