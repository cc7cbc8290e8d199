import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IcicleError } from '../core/errors.js';
import type { Engine, Program } from '../engine/engine.js';
import { nodeEngine } from '../engine/node.js';
import { fromSafetensors } from '../model/safetensors.js';
import { replicas } from '../train/replicas.js';
import { localShards } from '../train/shards.js';
import { parseTrainSpec, type TrainSpec } from '../train/spec.js';
import { readCheckpoint } from './checkpoint.js';
import { openModel } from './model-folder.js';
import { type RunEvent, readRunSpec, runFolder, trainRun } from './training.js';

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

interface Conditions {
  /** The step after which a Ctrl-C comes. */
  readonly stopAt?: number;
  /** The step after which the caller goes away. */
  readonly leaveAt?: number;
  readonly threads?: boolean;
  readonly engine?: Engine;
  readonly folder?: string;
}

/** Runs to the end, or as far as the conditions let it. */
async function run(runs: string, from: TrainSpec = spec, conditions: Conditions = {}) {
  const { stopAt, leaveAt, threads = false, engine = nodeEngine({ threads: 1 }) } = conditions;
  const shards = threads ? replicas(from) : localShards(from, engine);
  const stop = new AbortController();
  const events: RunEvent[] = [];
  let time = 0;
  try {
    for await (const event of trainRun(from, {
      folder: conditions.folder ?? runFolder(runs, from),
      engine,
      shards,
      now: () => time++,
      signal: stop.signal,
    })) {
      events.push(event);
      if (event.type === 'step' && event.step === stopAt) stop.abort();
      if (event.type === 'step' && event.step === leaveAt) break;
    }
  } finally {
    await shards.close();
  }
  return events;
}

/** An engine whose programs are changed: `wrap` sees each as it is compiled. */
const changed = (wrap: (program: Program) => Program): Engine => {
  const engine = nodeEngine({ threads: 1 });
  return { ...engine, compile: async (graph) => wrap(await engine.compile(graph)) };
};

const checkpointOf = (runs: string, from = spec) => join(runFolder(runs, from), 'checkpoint.safetensors');
const metricsOf = async (runs: string, from = spec) =>
  (await readFile(join(runFolder(runs, from), 'metrics.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

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
    expect((await metricsOf(runs)).map(({ step }) => step)).toEqual([20, 40, 40]);
    expect(await readdir(runFolder(runs, spec))).toEqual([
      'checkpoint.safetensors',
      'metrics.jsonl',
      'model',
      'spec.json',
    ]);
  });

  it('ends with the same weights after a Ctrl-C and a resume', async () => {
    const runs = join(folder, 'broken');
    const first = await run(runs, spec, { stopAt: 17 });
    expect(first.at(-1)).toMatchObject({ type: 'stopped', step: 17 });
    const second = await run(runs);
    expect(second[0]).toMatchObject({ type: 'start', step: 17 });
    expect(await weights(runs)).toBe(await weights(join(folder, 'whole')));
    const loss = async (at: string) => (await metricsOf(at)).find((metric) => metric.loss !== undefined).loss;
    expect(await loss(runs)).toBe(await loss(join(folder, 'whole')));
  });

  it('goes on counting seconds where it was stopped', async () => {
    const runs = join(folder, 'seconds');
    await run(runs, spec, { stopAt: 17 });
    const before = (await readCheckpoint(checkpointOf(runs), spec))!.seconds;
    expect(before).toBeGreaterThan(0);
    await run(runs, spec, { stopAt: 18 });
    const { seconds } = (await readCheckpoint(checkpointOf(runs), spec))!;
    expect(seconds).toBeGreaterThan(before);
    expect((await run(runs)).at(-1)).toMatchObject({ type: 'done' });
    for (const metric of await metricsOf(runs)) expect(metric.seconds).toBeGreaterThan(seconds);
  });

  it('goes on in the very folder that it is given', async () => {
    const runs = join(folder, 'renamed');
    await run(runs, spec, { stopAt: 17 });
    const moved = join(folder, 'another name');
    await rename(runFolder(runs, spec), moved);
    const events = await run(runs, (await readRunSpec(moved)) as typeof spec, { folder: moved });
    expect(events[0]).toMatchObject({ type: 'start', step: 17, folder: moved });
    expect((await openModel(join(moved, 'model'))).hash).toBe(await weights(join(folder, 'whole')));
  });

  it('releases what it compiled, however it ends', async () => {
    const compiled: string[] = [];
    const released: string[] = [];
    const counting = changed((program) => {
      const name = `${compiled.length}`;
      compiled.push(name);
      const release = async () => {
        released.push(name);
        await program.release();
      };
      return { ...program, release };
    });
    await run(join(folder, 'left'), spec, { leaveAt: 5, engine: counting });
    await run(join(folder, 'left'), spec, { stopAt: 25, engine: counting });
    expect(compiled.length).toBeGreaterThan(4);
    expect(released.sort()).toEqual(compiled.sort());
  });

  it('removes what a killed process left half-written', async () => {
    const runs = join(folder, 'left');
    await writeFile(join(runFolder(runs, spec), 'checkpoint.safetensors.0123abcd.tmp'), 'half');
    await run(runs, spec, { stopAt: 26 });
    expect(await readdir(runFolder(runs, spec))).not.toContain('checkpoint.safetensors.0123abcd.tmp');
  });

  it('ends with the same weights on a thread a shard', async () => {
    const runs = join(folder, 'threads');
    await run(runs, spec, { threads: true });
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
  it('parameters that are not finite end the run: the checkpoint holds the ones before, all finite', async () => {
    const runs = join(folder, 'wild');
    let updates = 0;
    // In step 5 the loss and the gradients are as good as ever; the update alone goes wrong.
    const poisoned = changed((program) => ({
      ...program,
      run: (feeds) => {
        const rate = feeds['rate/vector'];
        if (rate === undefined || ++updates < 5) return program.run(feeds);
        return program.run({ ...feeds, 'rate/vector': { ...rate, data: Float32Array.of(Infinity) } });
      },
    }));
    await expect(run(runs, spec, { engine: poisoned })).rejects.toThrow(
      /norm of the new parameters became (NaN|Infinity) at step 5: try lower rates .* or a smaller clip .*; the last good weights \(step 4\) are in .*checkpoint.safetensors/,
    );
    const { tensors, metadata } = fromSafetensors(await readFile(checkpointOf(runs)));
    expect(metadata.step).toBe('4');
    for (const { data } of Object.values(tensors)) expect(data.every(Number.isFinite)).toBe(true);
    expect((await run(runs))[0]).toMatchObject({ type: 'start', step: 4 });
    expect(await weights(runs)).toBe(await weights(join(folder, 'whole')));
  });

  it('a first step that is not finite ends the run with its cause, without a model or a checkpoint', async () => {
    const wild = parseTrainSpec({ ...spec, name: 'wild', rates: { adam: 1e30, muon: 1e30 }, clip: null });
    const runs = join(folder, 'wild');
    await expect(run(runs, wild)).rejects.toThrow(/became (NaN|Infinity) at step \d+: try lower rates/);
    await expect(openModel(join(runFolder(runs, wild), 'model'))).rejects.toThrow('missing model.json');
  });

  it('an evaluation that fails releases its learner', async () => {
    let open = 0;
    // A graph without parameters as inputs is the learner's: they are constants of it.
    const failing = changed((program) => {
      open++;
      return {
        run: async (feeds) => {
          const results = await program.run(feeds);
          if (results.predictions === undefined) return results;
          throw new IcicleError('no prediction today');
        },
        release: async () => {
          open--;
          await program.release();
        },
      };
    });
    await expect(run(join(folder, 'evaluation'), spec, { engine: failing })).rejects.toThrow('no prediction');
    expect(open).toBe(0);
  });

  it('a folder that another process works in is refused, one whose process is gone is not', async () => {
    const runs = join(folder, 'locked');
    await mkdir(runFolder(runs, spec), { recursive: true });
    const lock = join(runFolder(runs, spec), 'lock');
    const owner = (pid: number) => JSON.stringify({ pid, host: hostname(), nonce: 'x' });
    await writeFile(lock, owner(process.ppid));
    await expect(run(runs)).rejects.toThrow(`in use by process ${process.ppid}`);
    await writeFile(lock, owner(999_999_999));
    expect((await run(runs, spec, { stopAt: 1 })).at(-1)).toMatchObject({ type: 'stopped' });
  });

  it('a damaged checkpoint is told, not trained over', async () => {
    const runs = join(folder, 'damaged');
    await run(runs, spec, { stopAt: 5 });
    const bytes = await readFile(checkpointOf(runs));
    await writeFile(checkpointOf(runs), bytes.subarray(0, bytes.length - 10));
    await expect(run(runs)).rejects.toThrow('is damaged: it is not whole; delete it');
    expect(await readFile(checkpointOf(runs))).toHaveLength(bytes.length - 10);
  });

  it('a spec that was cut short is told', async () => {
    const runs = join(folder, 'damaged');
    const path = join(runFolder(runs, spec), 'spec.json');
    await writeFile(path, (await readFile(path)).subarray(0, 40));
    await expect(readRunSpec(runFolder(runs, spec))).rejects.toThrow(
      /spec.json is damaged: it is no JSON; train with/,
    );
    await expect(readRunSpec(folder)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('missing spec.json in'),
    });
  });

  it('a checkpoint of another spec is refused', async () => {
    const runs = join(folder, 'damaged');
    const other = { ...spec, seed: 9 };
    await mkdir(runFolder(runs, other), { recursive: true });
    await copyFile(checkpointOf(join(folder, 'whole')), checkpointOf(runs, other));
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
