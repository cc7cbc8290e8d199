import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { scratch } from '../tabular/table.test.helper.js';

const file = scratch();
const MEGABYTES = 100;
const BLANK_EVERY = 8000;

/** Writes about 100 MB of rows, one in 8000 without the target; returns how many have none. */
async function write(path: string): Promise<number> {
  const stream = createWriteStream(path);
  stream.write('x,z,kind,note,y\n');
  let bytes = 0;
  let blank = 0;
  for (let i = 1; bytes < MEGABYTES * 1e6; ) {
    const lines: string[] = [];
    for (let n = 0; n < 2000; n++, i++) {
      const x = ((i * 7919) % 10_007) / 1000;
      const y = i % BLANK_EVERY === 0 ? '' : (2 * x + (i % 3) + Math.sin(i)).toFixed(4);
      if (y === '') blank++;
      lines.push(`${x},${(i * 104_729) % 1009},${'abc'[i % 3]},"filler, ${i % 5}",${y}\n`);
    }
    const text = lines.join('');
    bytes += text.length;
    if (!stream.write(text)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
  return blank;
}

it('learns and fills in a table of 100 MB in bounded memory', { timeout: 300_000 }, async () => {
  const path = await file('large.csv', '');
  const blank = await write(path);
  expect((await stat(path)).size).toBeGreaterThan(MEGABYTES * 1e6);
  const target = join(dirname(path), 'out.csv');
  const helper = new URL('./captured.test.helper.js', import.meta.url);
  const script = `
    import { captured } from ${JSON.stringify(helper.href)};
    const { code, err } = await captured(['predict', ${JSON.stringify(path)}, '-t', 'y', '-o', ${JSON.stringify(target)}]);
    console.log(JSON.stringify({ code, err, megabytes: process.resourceUsage().maxRSS / 1024 }));`;
  const out = await new Promise<string>((resolve, reject) => {
    const child = spawn(process.execPath, ['--max-old-space-size=128', '--input-type=module', '-e', script], {
      cwd: dirname(fileURLToPath(helper)),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
  const { code, err, megabytes } = JSON.parse(out) as { code: number; err: string; megabytes: number };
  expect(err).toMatch(/labelled rows 2,000, drawn at random, are used/);
  expect(code).toBe(0);
  expect(readFileSync(target, 'utf8').trim().split('\n')).toHaveLength(blank + 1);
  expect(megabytes).toBeLessThan(350);
});
