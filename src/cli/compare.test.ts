import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Measurement } from '../core/measurement.js';
import { scratch } from '../tabular/table.test.helper.js';
import { captured } from './captured.test.helper.js';

const file = scratch();
const base = [
  'compare',
  '--model',
  'm',
  '--learners',
  'ols,knn:3',
  '--dims',
  '3',
  '--examples',
  '8',
  '--episodes',
  '40',
];

describe('icicle compare', () => {
  it('prints tidy rows, the same for the same seed', async () => {
    const { code, out, err } = await captured([...base, '--seed', '7', '--json']);
    expect(code).toBe(0);
    const rows = JSON.parse(out) as Measurement[];
    expect(new Set(rows.map(({ learner }) => learner))).toEqual(new Set(['stand-in', 'ols', 'knn:3']));
    expect(rows.some((row) => row.metric === 'spd' && row.reference === 'ols')).toBe(true);
    for (const row of rows) expect(row).toMatchObject({ family: 'linear', episodes: 40, seed: 7 });
    expect(Math.max(...rows.map(({ examples }) => examples))).toBe(8);
    expect(err).toMatch(
      /^compare stand-in, ols, knn:3: family \{"family":"linear","inputs":3\}, 40 episodes, seed 7\n/,
    );
    expect((await captured([...base, '--seed', '7', '--json'])).out).toBe(out);
  });

  it('prints tables and a sentence', async () => {
    const { out } = await captured([...base, '--reference', 'ols']);
    expect(out).toMatch(
      /^Mean over 1…6 examples .*\n\nlearner +squared error +90 % interval +SPD ÷ d to ols/,
    );
    expect(out).toMatch(/\nexamples +stand-in +ols +knn:3\n/);
    expect(out).toMatch(/\nWith 3 examples, stand-in is /);
    expect(out).toMatch(/frozen/);
  });

  it('says how well learners know what they do not know, where they say', async () => {
    const noisy = ['compare', '--dims', '3', '--noise', '0.5', '--examples', '8', '--episodes', '200'];
    const { out } = await captured([...noisy, '--learners', 'ols,bayes']);
    expect(out).toMatch(
      /\nShare of the labels in the intervals where a learner expects 50, 80 and 90 % of them:\n/,
    );
    expect(out).toMatch(
      /\nlearner +examples +in 50 % +in 80 % +in 90 % .*\n.*\nbayes +1 .*\nbayes +3 .*\nbayes +6 /,
    );
    const bits = ['--learners', 'bayes', '--family', 'boolean', '--set', 'inputs=4'];
    const classes = await captured(['compare', ...bits, '--examples', '8', '--episodes', '200']);
    expect(classes.out).toMatch(/\nlearner +examples +calibration error +by chance +log loss +Brier score\n/);
    expect((await captured([...noisy, '--learners', 'ols'])).out).not.toMatch(
      /Share of the labels|Calibration/,
    );
  });

  it('writes curves and rows', async () => {
    const folder = join(await file('x', ''), '..');
    for (const name of ['a.svg', 'a.csv', 'a.json']) {
      const { code, err } = await captured([...base, '-o', join(folder, name)]);
      expect(code).toBe(0);
      expect(err).toContain(`wrote ${join(folder, name)}\n`);
    }
    expect(readFileSync(join(folder, 'a.svg'), 'utf8')).toMatch(/^<svg/);
    const csv = readFileSync(join(folder, 'a.csv'), 'utf8');
    expect(csv).toMatch(/^family,learner,reference,examples,metric,value,low,high,episodes,seed,spec\n/);
    const rows = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')) as unknown[];
    expect(csv.trim().split('\n')).toHaveLength(rows.length + 1);
  });
});
