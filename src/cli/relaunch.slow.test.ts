import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const spec = {
  name: 'tiny',
  family: { family: 'tables' },
  model: { width: 8, layers: 1, heads: 2, codes: 4, thinking: 1, quantiles: 7 },
  ...{ labelled: [4], columns: [2], asked: [8, 8], tokens: 50, steps: 100_000, shards: 1 },
};

it.skipIf(process.platform !== 'linux')(
  'a table run whose first process is killed writes a checkpoint and ends',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'icicle-'));
    try {
      const path = join(folder, 'spec.json');
      await writeFile(path, JSON.stringify(spec));
      const child = spawn(process.execPath, [main, 'train', path, '--one-thread'], { cwd: folder });
      let said = '';
      // Both processes write there: it closes when the second has ended, too.
      await new Promise((resolve) => {
        child.stderr.on('data', (text) => {
          said += text;
          if (/step \d/.test(said)) child.kill('SIGKILL');
        });
        child.on('close', resolve);
      });
      expect(said).toMatch(/stopped at step \d/);
      const [run] = await readdir(join(folder, 'runs'));
      expect(await readdir(join(folder, 'runs', run!))).toContain('checkpoint.safetensors');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
