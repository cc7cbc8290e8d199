import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';

const program = fileURLToPath(new URL('main.js', import.meta.url));
const noisy = ['--dims', '3', '--noise', '0.5', '--episodes', '100'];

// Once within this process, once in a fresh one: nothing that lives from one call to the next may count.
it.each([
  ['compare', ['--learners', 'bayes,ols,knn:3', ...noisy, '--examples', '8']],
  ['compare', ['--learners', 'bayes,mean', '--family', 'boolean', '--set', 'inputs=4', '--episodes', '100']],
  ['compare', ['--shifts', 'all', '--learners', 'ols,bayes:0.5', ...noisy]],
  ['identify', ['ridge:0.3', ...noisy]],
  ['theory', noisy],
])(
  'icicle %s %j: the same command and seed give the same bytes, another seed others',
  async (verb, flags) => {
    const argv = (seed: string) => [verb, ...flags, '--seed', seed, '--json'];
    const { code, out } = await captured(argv('7'));
    expect(code).toBe(0);
    expect(JSON.parse(out)).not.toEqual([]);
    const fresh = await promisify(execFile)(process.execPath, [program, ...argv('7')]);
    expect(fresh.stdout === out).toBe(true);
    const other = await captured(argv('8'));
    // Not only the seed and the spec's hash differ, but what was measured.
    const values = (json: string) => json.replace(/"(seed|spec)":("\w*"|\d+)/g, '');
    expect(values(other.out)).not.toBe(values(out));
  },
  180_000, // a fresh process starts slowly on a busy machine
);
