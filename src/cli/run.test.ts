import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';
import { packageFile, packageVersion } from './package.js';

/** Runs the program itself. `head` closes stdout after the first piece. */
function icicle(argv: readonly string[], options: { env?: Record<string, string>; head?: boolean } = {}) {
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    const child = spawn(process.execPath, [packageFile('dist', 'cli', 'main.js'), ...argv], {
      env: { ...process.env, ...options.env },
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (data) => {
      out += data;
      if (options.head === true) child.stdout.destroy();
    });
    child.stderr.on('data', (data) => {
      err += data;
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

describe('the program', () => {
  it('says its version and its verbs on stdout', async () => {
    expect(await icicle(['--version'])).toEqual({ code: 0, out: `${packageVersion()}\n`, err: '' });
    const help = await icicle(['--help']);
    expect(help.code).toBe(0);
    expect(help.out).toMatch(/predict[\s\S]*compare/);
    expect(help.err).toBe('');
  });

  it('says what was wrong in one line on stderr', async () => {
    const verb = await icicle(['predikt', 'x.csv']);
    expect(verb.code).toBe(2);
    expect(verb.out).toBe('');
    expect(verb.err).toMatch(/^error: unknown verb "predikt": did you mean "predict"\? Verbs: .*\n$/);
    const file = await icicle(['predict', '/nowhere.csv', '--target', 'y', '--json']);
    expect(file).toEqual({ code: 2, out: '', err: 'error: missing file: /nowhere.csv: check the path\n' });
  });

  it('does not mind a reader that goes away', async () => {
    const rows = ['compare', '--learners', 'ols,ridge:0.1,knn:3,gd:1', '--episodes', '8', '--json'];
    const all = await icicle(rows);
    expect(all.out.length).toBeGreaterThan(100_000); // More than a pipe holds.
    const gone = await icicle(rows, { head: true });
    expect(gone.code).toBe(0);
    expect(gone.err).not.toMatch(/error|bug/);
  });

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [packageFile('dist', 'cli', 'main.js'), '--help'], {
      stdio: ['ignore', full, 'pipe'],
    });
    let err = '';
    child.stderr!.on('data', (data) => {
      err += data;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    closeSync(full);
    expect(err).toMatch(/^error: cannot write to stdout: no space is left on the disk; .*\n$/);
    expect(code).toBe(1);
  });
});

describe('wrong usage', () => {
  it.each([
    [['x'], /^error: unknown verb "x": Verbs: demo, predict, /],
    [['--versoin'], /^error: unknown flag "--versoin": did you mean "--version"\?/],
    [['predict'], /^error: missing table.csv: see "icicle predict --help"/],
    [
      ['predict', 'a.csv', '--traget', 'y'],
      /^error: unknown flag "--traget": did you mean "--target"\? Flags: /,
    ],
    [['predict', 'a.csv', '--target'], /^error: missing value of --target: see "icicle predict --help"/],
    [
      ['predict', 'a.csv', 'b.csv', '--target', 'y'],
      /^error: too many arguments: see "icicle predict --help"/,
    ],
    [
      ['predict', 'a.csv', '--target', 'y', '--holdout', '1'],
      /^error: invalid --holdout: 1: a share between 0 and 1/,
    ],
    [
      ['predict', 'a.csv', '--target', 'y', '--repeats', '1.5'],
      /^error: invalid --repeats: "1.5": a whole number from 1 to 10000/,
    ],
    [
      ['predict', 'a.csv', '--target', 'y', '--seed', ''],
      /^error: invalid --seed: "": a whole number from 0/,
    ],
    [
      ['predict', 'a.csv', '--target', 'y', '--examples', '5'],
      /^error: invalid --examples: 5: it belongs to a comparison/,
    ],
    [['compare'], /^error: missing learner: name some/],
    [['compare', '--learners', 'oks'], /error: unknown learner "oks": did you mean "ols"\?/],
    [
      ['compare', '--learners', 'ols', '--family', 'linaer'],
      /error: unknown family "linaer": did you mean "linear"\?/,
    ],
    [
      ['compare', '--learners', 'ols', '-o', 'a.png'],
      /^error: invalid --output: "a.png": it must end in \.svg/,
    ],
  ])('%j', async (argv, pattern) => {
    const { code, out, err } = await captured(argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(pattern);
    expect(err.split('\n').filter((line) => line.startsWith('error:'))).toHaveLength(1);
  });

  it('a model that is not there', async () => {
    const { modelFolder } = await import('./package.js');
    expect(() => modelFolder('models/nowhere')).toThrow(/^missing model: models\/nowhere:/);
  });

  it('a bug says that it is one', async () => {
    const broken = { openModel: () => Promise.reject(new TypeError('x is\nundefined')) };
    const { code, err } = await captured(['compare', '--model', 'm'], broken);
    expect(code).toBe(1);
    expect(err).toBe('error: x is undefined: this is a bug; ICICLE_DEBUG=1 shows where\n');
  });
});
