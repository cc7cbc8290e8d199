import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const spec = {
  name: 'tiny',
  family: { family: 'tables' },
  model: { width: 8, layers: 1, heads: 2, codes: 4, thinking: 1, quantiles: 7 },
  ...{ labelled: [4], columns: [2], asked: [8, 8], tokens: 50, steps: 100_000, shards: 1 },
};

/**
 * A table run, to which something is done once it has told of a step. On Linux the run is done by a process of its own; stderr, which
 * both write to, closes when both have ended.
 * @returns what it said, its exit code, and the files of the run
 */
export async function tableRun(
  atStep: (child: ChildProcess) => void,
): Promise<{ said: string; code: number | null; files: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'icicle-'));
  try {
    const path = join(folder, 'spec.json');
    await writeFile(path, JSON.stringify(spec));
    const child = spawn(process.execPath, [main, 'train', path, '--one-thread'], { cwd: folder });
    let said = '';
    let told = false;
    const code = await new Promise<number | null>((resolve) => {
      child.stderr.on('data', (text) => {
        said += text;
        if (told || !/step \d/.test(said)) return;
        told = true;
        atStep(child);
      });
      child.on('close', resolve);
    });
    const [run] = await readdir(join(folder, 'runs'));
    return { said, code, files: await readdir(join(folder, 'runs', run!)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
