import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const spec = {
  name: 'tiny',
  family: { family: 'tables' },
  model: { width: 8, layers: 1, heads: 2, codes: 4, thinking: 1, quantiles: 7 },
  ...{ labelled: [4], columns: [2], asked: [8, 8], tokens: 50, steps: 100_000, shards: 1 },
};

/**
 * Sends a signal to a table run once it has told of a step, and waits until it has written a checkpoint and ended. On Linux the run is
 * done by a process of its own; stderr, which both write to, closes when both have ended.
 * @returns the exit code of the process that was started
 */
export async function endsWithCheckpoint(signal: NodeJS.Signals): Promise<number | null> {
  const folder = await mkdtemp(join(tmpdir(), 'icicle-'));
  try {
    const path = join(folder, 'spec.json');
    await writeFile(path, JSON.stringify(spec));
    const child = spawn(process.execPath, [main, 'train', path, '--one-thread'], { cwd: folder });
    let said = '';
    let sent = false;
    const code = await new Promise<number | null>((resolve) => {
      child.stderr.on('data', (text) => {
        said += text;
        if (!sent && /step \d/.test(said)) sent = child.kill(signal);
      });
      child.on('close', resolve);
    });
    expect(said).toMatch(/stopped at step \d/);
    const [run] = await readdir(join(folder, 'runs'));
    expect(await readdir(join(folder, 'runs', run!))).toContain('checkpoint.safetensors');
    return code;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
