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

// On Linux the run is done by a process of its own: a signal to the one that was started must reach it, once.
it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
  'a table run that gets %s writes a checkpoint and ends',
  async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'icicle-'));
    try {
      const path = join(folder, 'spec.json');
      await writeFile(path, JSON.stringify(spec));
      const child = spawn(process.execPath, [main, 'train', path, '--one-thread'], { cwd: folder });
      let said = '';
      let sent = false;
      const code = await new Promise((resolve) => {
        child.stderr.on('data', (text) => {
          said += text;
          // A second signal would end it at once.
          if (!sent && /step \d/.test(said)) sent = child.kill(signal);
        });
        child.on('exit', resolve);
      });
      expect(said).toMatch(/stopped at step \d/);
      expect(code).toBe(0);
      const [run] = await readdir(join(folder, 'runs'));
      expect(await readdir(join(folder, 'runs', run!))).toContain('checkpoint.safetensors');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
