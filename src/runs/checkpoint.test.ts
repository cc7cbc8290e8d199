import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromSafetensors, toSafetensors } from '../model/safetensors.js';
import { freshState } from '../train/loop.js';
import { parseTrainSpec } from '../train/spec.js';
import { type Checkpoint, readCheckpoint, writeCheckpoint } from './checkpoint.js';

const spec = parseTrainSpec({
  name: 'tiny',
  family: { family: 'linear', inputs: 2 },
  model: { inputs: 2, points: 5, layers: 1, width: 4, heads: 1 },
  steps: 40,
});
const fresh = freshState(spec);
const checkpoint: Checkpoint = {
  state: { ...fresh, step: 7 },
  seconds: 1 / 3,
  losses: { sum: 0.1 + 0.2, count: 7 },
};

let folder = '';
let path = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-checkpoint-'));
  path = join(folder, 'checkpoint.safetensors');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a checkpoint', () => {
  it('comes back as it was written', async () => {
    expect(await readCheckpoint(path, spec)).toBeUndefined();
    await writeCheckpoint(path, checkpoint, spec);
    expect(await readCheckpoint(path, spec)).toEqual(checkpoint);
  });

  it.each([5, 500, -5])('with a byte altered at %d is refused by name, with a way out', async (at) => {
    await writeCheckpoint(path, checkpoint, spec);
    const bytes = await readFile(path);
    bytes[at < 0 ? bytes.length + at : at]! ^= 1;
    await writeFile(path, bytes);
    await expect(readCheckpoint(path, spec)).rejects.toThrow(
      /checkpoint.safetensors is damaged: .*; delete it to start again from step 0, or restore it/,
    );
  });

  it('that was cut short, or is no such file, is refused', async () => {
    await writeCheckpoint(path, checkpoint, spec);
    await writeFile(path, (await readFile(path)).subarray(0, -10));
    await expect(readCheckpoint(path, spec)).rejects.toThrow('is damaged: it is not whole; delete it');
    await writeFile(path, '');
    await expect(readCheckpoint(path, spec)).rejects.toThrow('is damaged: it is not whole; delete it');
  });

  it('without a hash, or of another format, is refused', async () => {
    await writeCheckpoint(path, checkpoint, spec);
    const { tensors, metadata } = fromSafetensors(await readFile(path));
    const { sha256: _hash, ...rest } = metadata;
    await writeFile(path, toSafetensors({ tensors, metadata: rest }));
    await expect(readCheckpoint(path, spec)).rejects.toThrow('its SHA-256 is not what it says');
    await writeFile(path, toSafetensors({ tensors, metadata: { ...metadata, format: 'other' } }));
    await expect(readCheckpoint(path, spec)).rejects.toThrow('is of the format other');
  });

  const { 'parameters/vector': vector, ...others } = fresh.arrays;
  it.each([
    [{ arrays: others }, '"parameters/vector" is missing'],
    [
      { arrays: { ...others, 'parameters/vector': fresh.arrays['average/stack-4x4']! } },
      '"parameters/vector" is [',
    ],
    [{ arrays: { ...fresh.arrays, more: vector! } }, '"more" is not part of it'],
    [{ step: 41 }, 'its step is 41'],
    [{ step: Number.NaN }, 'its step is NaN'],
  ])('whose content is not what the spec needs is refused: %#', async (change, reason) => {
    await writeCheckpoint(path, { ...checkpoint, state: { ...checkpoint.state, ...change } }, spec);
    await expect(readCheckpoint(path, spec)).rejects.toThrow(reason);
  });

  it('of another spec, or that cannot be read, is refused', async () => {
    await writeCheckpoint(path, checkpoint, spec);
    await expect(readCheckpoint(path, { ...spec, seed: 2 })).rejects.toThrow('belongs to spec');
    await mkdir(join(folder, 'a-folder'));
    await expect(readCheckpoint(join(folder, 'a-folder'), spec)).rejects.toThrow(
      /cannot read .*a-folder: it is a folder/,
    );
  });
});
