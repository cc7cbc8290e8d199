import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeEngine } from '../engine/node.js';
import { replicas } from '../train/replicas.js';
import { localShards } from '../train/shards.js';
import { parseTrainSpec, type TrainSpec } from '../train/spec.js';
import { openModel } from './model-folder.js';
import { type RunEvent, runFolder, trainRun } from './training.js';

const spec = parseTrainSpec({
  name: 'tiny',
  seed: 3,
  family: { family: 'linear', inputs: 2, noise: [{ sigma: 0 }, { sigma: [0, 0.5] }] },
  model: { inputs: 2, points: 5, layers: 2, width: 8, heads: 2 },
  episodes: 4,
  steps: 40,
  curriculum: { points: { from: 3, every: 10 }, inputs: { from: 1, every: 10 } },
  weighting: 0.3,
  evaluation: { every: 20, episodes: 8 },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs to the end, or until `stopAt`, when a Ctrl-C comes. */
async function run(runs: string, from: TrainSpec = spec, stopAt = Number.POSITIVE_INFINITY, threads = false) {
  const engine = nodeEngine({ threads: 1 });
  const shards = threads ? replicas(from) : localShards(from, engine);
  const stop = new AbortController();
  const events: RunEvent[] = [];
  let time = 0;
  try {
    for await (const event of trainRun(from, {
      runs,
      engine,
      shards,
      now: () => time++,
      signal: stop.signal,
    })) {
      events.push(event);
      if (event.type === 'step' && event.step >= stopAt) stop.abort();
    }
  } finally {
    await shards.close();
  }
  return events;
}

const weights = async (runs: string, from = spec) =>
  (await openModel(join(runFolder(runs, from), 'model'))).hash;

describe('a run', () => {
  it('leaves spec, metrics, checkpoint and a model that opens', async () => {
    const runs = join(folder, 'whole');
    const events = await run(runs);
    expect(events[0]).toMatchObject({ type: 'start', step: 0, steps: 40 });
    expect(events.at(-1)).toMatchObject({ type: 'done' });
    expect(events.filter(({ type }) => type === 'evaluation')).toHaveLength(2);
    const model = await openModel(join(runFolder(runs, spec), 'model'));
    expect(model.provenance).toMatchObject({ kind: 'trained', steps: 40, spec: { name: 'tiny', seed: 3 } });
    const metrics = (await readFile(join(runFolder(runs, spec), 'metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(metrics.map((line) => JSON.parse(line).step)).toEqual([20, 40, 40]);
  });

  it('ends with the same weights after a Ctrl-C and a resume', async () => {
    const runs = join(folder, 'broken');
    const first = await run(runs, spec, 17);
    expect(first.at(-1)).toMatchObject({ type: 'stopped', step: 17 });
    const second = await run(runs);
    expect(second[0]).toMatchObject({ type: 'start', step: 17 });
    expect(await weights(runs)).toBe(await weights(join(folder, 'whole')));
  });

  it('ends with the same weights on a thread a shard', async () => {
    const runs = join(folder, 'threads');
    await run(runs, spec, Number.POSITIVE_INFINITY, true);
    expect(await weights(runs)).toBe(await weights(join(folder, 'whole')));
  });

  it('is not trained twice', async () => {
    const events = await run(join(folder, 'whole'));
    expect(events.map(({ type }) => type)).toEqual(['start', 'done']);
  });

  it('learns another thing from another seed', async () => {
    const other = { ...spec, seed: 4 };
    await run(join(folder, 'whole'), other);
    expect(await weights(join(folder, 'whole'), other)).not.toBe(await weights(join(folder, 'whole')));
  });
});

describe('what goes wrong', () => {
  it('a loss that is no longer finite ends the run with its cause and keeps the last good checkpoint', async () => {
    const wild = parseTrainSpec({ ...spec, name: 'wild', rates: { adam: 1e30, muon: 1e30 }, clip: null });
    const runs = join(folder, 'wild');
    await expect(run(runs, wild)).rejects.toThrow(
      /became (NaN|Infinity) at step \d+: try lower rates.*the last good weights \(step \d+\) are in/,
    );
    await expect(openModel(join(runFolder(runs, wild), 'model'))).rejects.toThrow('missing model.json');
  });

  it('a folder that another process works in is refused, one whose process is gone is not', async () => {
    const runs = join(folder, 'locked');
    await mkdir(runFolder(runs, spec), { recursive: true });
    const lock = join(runFolder(runs, spec), 'lock');
    await writeFile(lock, `${process.ppid}\n`);
    await expect(run(runs)).rejects.toThrow(`in use by process ${process.ppid}`);
    await writeFile(lock, '999999999\n');
    expect((await run(runs, spec, 1)).at(-1)).toMatchObject({ type: 'stopped' });
  });

  it('a damaged checkpoint is told, not trained over', async () => {
    const runs = join(folder, 'damaged');
    await run(runs, spec, 5);
    const path = join(runFolder(runs, spec), 'checkpoint.safetensors');
    const bytes = await readFile(path);
    await writeFile(path, bytes.subarray(0, bytes.length - 10));
    await expect(run(runs)).rejects.toThrow('is damaged: it ends within');
    expect(await readFile(path)).toHaveLength(bytes.length - 10);
  });

  it('a checkpoint of another spec is refused', async () => {
    const runs = join(folder, 'damaged');
    const other = { ...spec, seed: 9 };
    await mkdir(runFolder(runs, other), { recursive: true });
    await copyFile(
      join(runFolder(join(folder, 'whole'), spec), 'checkpoint.safetensors'),
      join(runFolder(runs, other), 'checkpoint.safetensors'),
    );
    await expect(run(runs, other)).rejects.toThrow('belongs to spec');
  });
});

describe('icicle train', () => {
  const main = fileURLToPath(new URL('../cli/main.js', import.meta.url));

  it('goes on after SIGKILL and ends with the weights of an unbroken run', async () => {
    const runs = join(folder, 'killed');
    const specFile = join(folder, 'spec.json');
    const long = { ...spec, steps: 120, curriculum: {} };
    await writeFile(specFile, JSON.stringify(long));
    const child = spawn(process.execPath, [
      main,
      'train',
      specFile,
      '--runs',
      runs,
      '--checkpoint',
      '0',
      '--json',
    ]);
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (text) => {
        if (/"checkpoint","step":\d\d/.test(String(text))) child.kill('SIGKILL');
      });
      child.on('exit', () => resolve());
    });
    const parsed = parseTrainSpec(long);
    const resumed = await run(runs, parsed);
    const start = resumed[0] as Extract<RunEvent, { type: 'start' }>;
    expect(start.step).toBeGreaterThan(0);
    expect(start.step).toBeLessThan(120);
    await run(join(folder, 'unbroken'), parsed);
    expect(await weights(runs, parsed)).toBe(await weights(join(folder, 'unbroken'), parsed));
  });
});
