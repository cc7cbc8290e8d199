import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-prior-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('icicle prior', () => {
  it('prints statistics and draws a sheet, the same for the same seed', async () => {
    const output = join(folder, 'prior.svg');
    const { code, out } = await captured(['prior', '--show', '5', '-o', output]);
    expect(code).toBe(0);
    expect(out).toMatch(/^ +5 +\w+ +\d+ +\d+ +\d+ /m);
    expect(out).toMatch(/% were rejected; \d of 5 have a shuffled target\.\nSeed 1, spec [0-9a-f]{12}\.\n$/);
    const svg = await readFile(output, 'utf8');
    expect(svg).toMatch(/^<svg/);
    expect(svg.match(/<circle/g)!.length).toBeGreaterThan(60);
    expect(svg).not.toMatch(/NaN|undefined|(href|src)=/);
    expect((await captured(['prior', '--show', '5'])).out).toBe(out);
  });

  it('prints rows, of one task and another prior', async () => {
    const { out } = await captured([
      'prior',
      '--show',
      '3',
      '--task',
      'number',
      '--set',
      'missing.tables=0',
      '--json',
    ]);
    const rows = JSON.parse(out);
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      expect(row).toMatchObject({ missing: 0, drawn: expect.any(Object) });
      expect(row.classes).toBeUndefined();
    }
  });

  it('refuses what is no setting', async () => {
    for (const [words, message] of [
      [['--set', 'mising.tables=0'], /unknown key "mising": did you mean "missing"/],
      [['--task', 'text'], /text/],
      [['-o', 'prior.png'], /invalid --output: "prior.png": it must end in .svg/],
      [['--show', '61', '-o', 'prior.svg'], /a sheet has at most 60 tables/],
    ] as const) {
      const { code, err } = await captured(['prior', ...words]);
      expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    }
  });
});
