import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';
import { openFrozen } from './frozen.js';

const folder = mkdtempSync(join(tmpdir(), 'icicle-'));
afterAll(() => rmSync(folder, { recursive: true }));
const icicle = (...argv: string[]) => captured(argv, { openModel: openFrozen });
const tiny = ['--runs', folder, '--steps', '10', '--dims', '2', '--set', 'episodes=8', '--jobs', '2'];

describe('icicle phase', () => {
  const map = join(folder, 'map.svg');
  const grid = ['phase', ...tiny, '--layers', '1,2', '--width', '8', '--noise', '0,0.5', '-o', map];

  it('trains every size that is missing, identifies it and draws the map', async () => {
    const { code, out, err } = await icicle(...grid);
    expect(err).toMatch(/^0 of 4 runs are done already\n/);
    expect(code).toBe(0);
    expect(out.match(/^ +[12] +8 /gm)?.length).toBe(4);
    expect(readFileSync(map, 'utf8')).toMatch(/noise σ = 0\.5.*Nearest learners of 4 models/s);
    expect(readdirSync(folder).filter((name) => name.startsWith('phase-2-')).length).toBe(4);
  }, 60_000);

  it('trains nothing twice', async () => {
    const models = () =>
      readdirSync(folder)
        .filter((name) => name.startsWith('phase-2-'))
        .map((name) => statSync(join(folder, name, 'model', 'model.json')).mtimeMs);
    const before = models();
    const { err } = await icicle(...grid, '--json');
    expect(err).toMatch(/^4 of 4 runs are done already\n/);
    expect(models()).toEqual(before);
  }, 60_000);

  it('tells a run that fails, with its cause', async () => {
    const { code, err } = await icicle(
      'phase',
      ...tiny,
      '--layers',
      '1',
      '--width',
      '8',
      '--set',
      'rates.adam=1e30',
      '--set',
      'clip=null',
    );
    expect(code).toBe(1);
    expect(err).toMatch(/error: .* became (Infinity|NaN) at step 1: try lower rates/);
  }, 60_000);

  it('refuses what is no grid before anything is trained', async () => {
    expect((await icicle('phase', '--layers', '1,x')).err).toMatch(
      /invalid --layers: "x": a whole number from 1/,
    );
    expect((await icicle('phase', '-o', 'map.png')).err).toMatch(/it must end in .svg/);
    expect((await icicle('phase', ...tiny, '--set', 'stepz=3')).err).toMatch(/did you mean "steps"/);
  });
});

describe('icicle diversity', () => {
  it('trains on pools and says what each model does', async () => {
    const figure = join(folder, 'diversity.svg');
    const { code, out } = await icicle(
      'diversity',
      ...tiny,
      '--pool',
      '2..2^2',
      '--examples',
      '4',
      '-o',
      figure,
    );
    expect(code).toBe(0);
    expect(out.match(/^2[¹²] .* (learns|recalls|in between) /gm)?.length).toBe(2);
    expect(existsSync(figure)).toBe(true);
    // The same verdict for one model.
    const [run] = readdirSync(folder).filter((name) => name.startsWith('diversity-2-'));
    const one = await icicle(
      'identify',
      join(folder, run!, 'model'),
      '--dims',
      '2',
      '--examples',
      '4',
      '--episodes',
      '64',
    );
    expect(one.out).toMatch(
      /trained on a pool of [24] tasks, on new ones it is .* from the posterior mean over the pool/,
    );
    const wrong = await icicle('diversity', '--pool', '2..3');
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/sizes such as 2\.\.2\^10/)]);
  }, 60_000);
});
