import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { captured } from './captured.test.helper.js';
import { openFrozen } from './frozen.js';

const folder = mkdtempSync(join(tmpdir(), 'icicle-'));
const icicle = (...argv: string[]) => captured(argv, { openModel: openFrozen });
const tiny = [
  '--set',
  'model.layers=1',
  '--set',
  'model.width=8',
  '--set',
  'episodes=8',
  '--set',
  'evaluation.every=5',
];
beforeAll(async () => {
  await icicle('train', 'paper-5', ...tiny, '--set', 'steps=10', '--runs', folder, '--one-thread');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));
const output = join(folder, 'report.html');

it('is one page that needs nothing else', async () => {
  const [run] = readdirSync(folder).filter((name) => name.startsWith('paper-5'));
  const { code } = await icicle('report', join(folder, run!), '-o', output, '--episodes', '32');
  expect(code).toBe(0);
  const html = readFileSync(output, 'utf8');
  expect(html).toMatch(/^<!doctype html>/);
  expect(html.match(/<svg /g)?.length).toBe(2);
  expect(html).toContain('it predicts most like');
  expect(html).toContain(run!.slice('paper-5-'.length));
  // Names of namespaces are no addresses that anything loads.
  expect(html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, '')).not.toMatch(/https?:|<script|src=|url\(/);
}, 60_000);

it('refuses what is no run, before anything is written', async () => {
  const none = await icicle('report', folder, '-o', join(folder, 'none.html'));
  expect([none.code, none.err]).toEqual([2, expect.stringMatching(/missing spec\.json .* it is no run/)]);
  expect(readdirSync(folder)).not.toContain('none.html');
  expect((await icicle('report', folder, '-o', 'a.pdf')).err).toMatch(/it must end in \.html/);
});
