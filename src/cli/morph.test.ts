import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';

const folder = mkdtempSync(join(tmpdir(), 'icicle-'));
const place = (name: string) => join(folder, name);
const compiled = (name: string, ...flags: string[]) =>
  captured(['compile', 'gd', '--dims', '2', '--examples', '3', '--verify', '1', '-o', place(name), ...flags]);
beforeAll(async () => {
  await compiled('short', '--steps', '1', '--rate', '0.01');
  await compiled('long', '--steps', '1', '--rate', '0.1');
  await compiled('deep', '--steps', '2');
});
afterAll(() => rmSync(folder, { recursive: true }));
const morph = (...argv: string[]) => captured(['morph', ...argv, '--episodes', '16']);

describe('icicle morph', () => {
  it('walks between two models by weights and predictions', async () => {
    const figure = place('morph.svg');
    const { code, out, err } = await morph(place('short'), place('long'), '-o', figure);
    expect(err).toMatch(/wrote .*morph\.svg/);
    expect(code).toBe(0);
    expect(out).toMatch(/^a: gd-linear, compiled, SHA-256 .*\nb: gd-linear, compiled/);
    expect(out).toMatch(/The distance of all weights is \d/);
    expect(out).toMatch(/^t +error, 1…3 examples .* to a +to b +to gd:1:0\.01 +to gd:1:0\.1 +to zero/m);
    expect(out).toMatch(/The nearest textbook learner is gd:1:0\.01 at t = 0/);
    expect(out).toMatch(/Squared error by number of examples, predictions mixed\n\nt +0 +1 +2 +3\n/);
    const svg = readFileSync(figure, 'utf8');
    expect(svg).toMatch(
      /^<svg .*From gd-linear \(a, t = 0\).*solid: weights mixed · dashed: predictions mixed/s,
    );
    expect(svg).toMatch(/<desc>The squared error is .* at a and .* at b\./);
  });

  it('mixes predictions alone where configs differ, and says so', async () => {
    const figure = place('deep.svg');
    const { code, out } = await morph(place('short'), place('deep'), '-o', figure, '--learners', 'ols');
    expect(code).toBe(0);
    expect(out).toMatch(/Their configs differ.*: predictions alone are\./);
    expect(out).not.toMatch(/Weights mixed/);
    expect(readFileSync(figure, 'utf8')).toMatch(/Only predictions are mixed/);
  });

  it('asks the tasks that are named, or that the compiled ones take', async () => {
    const named = ['--family', 'sparse-linear', '--set', 'nonzero=1', '--json'];
    const { out } = await morph(place('short'), place('long'), ...named);
    const { spec, references } = JSON.parse(out);
    expect(spec.family).toMatchObject({ family: 'sparse-linear', inputs: 2, nonzero: 1 });
    expect(references).toContain('bayes');
    const bare = JSON.parse((await morph(place('short'), place('long'), '--json')).out);
    expect(bare.spec.family).toMatchObject({ family: 'linear', inputs: 2 });
    const wrong = await morph(place('short'), place('long'), '--family', '{"family": "linear", "inputs": 7}');
    expect(wrong.err).toMatch(/7/);
    const sizes = ['--dims', '2', '--examples', '3', '--verify', '1'];
    for (const rate of ['0.1', '0.3'])
      await captured([
        'compile',
        'logistic',
        ...sizes,
        '--rate',
        rate,
        '--set',
        'labels=logistic',
        '-o',
        place(`signs${rate}`),
      ]);
    const signs = JSON.parse((await morph(place('signs0.1'), place('signs0.3'), '--json')).out);
    expect(signs.spec.family).toMatchObject({ family: 'linear-classification', labels: 'logistic' });
    expect(signs.references).toEqual(
      expect.arrayContaining(['logistic:1:16:0.1', 'logistic:1:16:0.3', 'zero']),
    );
    expect(signs.references).not.toContain('bayes');
  });

  it('prints one JSON document', async () => {
    const { out } = await morph(
      place('short'),
      place('long'),
      '--json',
      '--examples',
      '2',
      '--learners',
      'ols',
    );
    const found = JSON.parse(out) as { references: string[]; rows: { walk: string; t: number }[] };
    expect(found.references).toEqual(['a', 'b', 'ols']);
    expect(new Set(found.rows.map(({ t }) => t)).size).toBe(11);
  });

  it.each([
    [['short', 'nowhere'], /missing model: .*nowhere/],
    [['short', 'long', '-o', 'walk.png'], /invalid --output: "walk.png": it must end in .svg/],
    [['short', 'long', '--dims', '3'], /unsupported inputs: 3: gd-linear takes at most 2/],
    [['short'], /missing b/],
  ])('refuses %j', async (argv, cause) => {
    const named = argv.map((word) => (['short', 'long', 'nowhere'].includes(word) ? place(word) : word));
    const { code, out, err } = await morph(...named);
    expect(err).toMatch(cause);
    expect([code, out]).toEqual([2, '']);
  });
});
