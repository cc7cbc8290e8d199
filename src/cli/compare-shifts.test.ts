import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';

it('icicle compare --shifts all: one table, one figure', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'icicle-'));
  try {
    const figure = join(folder, 'shifts.svg');
    const { code, out } = await captured([
      'compare',
      '--model',
      'any',
      '--learners',
      'ols,mean',
      '--dims',
      '3',
      '--episodes',
      '32',
      '--shifts',
      'all',
      '-o',
      figure,
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/^inputs × 1\/3 +3 /m);
    expect(out).toMatch(/Model stand-in: .* frozen/);
    const svg = readFileSync(figure, 'utf8');
    expect(svg).toContain('orthogonal query');
    expect(svg).toMatch(/With 6 examples stand-in is best under/);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const { code, err } = await captured([
    'compare',
    '--learners',
    'ols,mean',
    '--shifts',
    'all',
    '--reference',
    'ols',
  ]);
  expect([code, err]).toEqual([2, expect.stringMatching(/--reference is for distances/)]);
});
