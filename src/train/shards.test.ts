import { describe, expect, it } from 'vitest';
import type { ShapedArray } from '../core/array.js';
import type { Engine } from '../engine/engine.js';
import { slow } from '../engine/slow.js';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA } from '../testing/tolerances.js';
import { freshState } from './loop.js';
import { objectiveOf } from './objectives.js';
import { banksOf, localShards, shardWorker } from './shards.js';
import { parseTrainSpec } from './spec.js';
import { gradientGraph } from './step.js';

const spec = parseTrainSpec({
  name: 'tiny',
  family: { family: 'linear', inputs: 2 },
  model: { inputs: 2, points: 5, layers: 1, width: 4, heads: 1 },
  episodes: 6,
  shards: 3,
  steps: 40,
  weighting: 0.3,
});
const { arrays } = freshState(spec);
const parameters = Object.fromEntries(
  Object.entries(arrays).filter(([name]) => name.startsWith('parameters/')),
);

describe('shards', () => {
  it('have the whole batch’s loss and gradients as their means', async () => {
    const objective = objectiveOf(spec);
    const batches = await Promise.all([0, 1, 2].map((shard) => objective.sampler(shard)(1)));
    const joined = (key: string): ShapedArray => ({
      shape: [6, ...batches[0]![key]!.shape.slice(1)],
      data: Float64Array.from(batches.flatMap((batch) => Array.from(batch[key]!.data))),
    });
    const feeds = Object.fromEntries(Object.keys(batches[0]!).map((key) => [key, joined(key)]));
    const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
    const whole = await slow.compile(gradientGraph(objective, banksOf(spec), shapes));
    const expected = await whole.run({ ...feeds, ...parameters });
    const shards = await localShards(spec, slow).gradients(1, parameters);
    const mean = (of: (shard: number) => ArrayLike<number>) =>
      Array.from(of(0), (_, i) => (of(0)[i]! + of(1)[i]! + of(2)[i]!) / 3);
    expect(
      relativeError(
        mean((shard) => [shards[shard]!.loss]),
        expected.loss!.data,
      ),
    ).toBeLessThan(SAME_FORMULA);
    for (const { name } of banksOf(spec)) {
      const gradient = `gradients/${name}`;
      const found = mean((shard) => shards[shard]!.gradients[gradient]!.data);
      expect(relativeError(found, expected[gradient]!.data), name).toBeLessThan(SAME_FORMULA);
    }
  });
});

describe('a shard’s worker', () => {
  it('gives the same for a step that was prepared', async () => {
    const [prepared, plain] = [shardWorker(spec, 0, slow), shardWorker(spec, 0, slow)];
    prepared.prepare(2);
    expect(await prepared.gradients(2, parameters)).toEqual(await plain.gradients(2, parameters));
  });

  it('tells whoever asks for a step that its sampling failed', async () => {
    const shrinking = { ...spec, curriculum: { inputs: { from: 1, by: -1, every: 1 } } };
    const worker = shardWorker(shrinking, 0, slow);
    worker.prepare(2);
    await worker.gradients(1, parameters).catch(() => undefined);
    await expect(worker.gradients(2, parameters)).rejects.toMatchObject({ name: 'IcicleError', exitCode: 2 });
  });

  it('releases each program once, also where the next cannot be compiled', async () => {
    const growing = { ...spec, curriculum: { points: { from: 3, by: 1, every: 1 } } };
    let [compiled, released] = [0, 0];
    const engine: Engine = {
      ...slow,
      compile: async (graph) => {
        if (++compiled === 2) throw new Error('no memory');
        return { ...(await slow.compile(graph)), release: async () => void released++ };
      },
    };
    const worker = shardWorker(growing, 0, engine);
    await worker.gradients(1, parameters);
    await expect(worker.gradients(2, parameters)).rejects.toThrow('no memory');
    await worker.close();
    await worker.close();
    expect(released).toBe(1);
  });
});
