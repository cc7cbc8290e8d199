import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { transformerConfig } from '../model/config.js';
import { makeModel } from '../model/model.js';
import { initialise } from '../model/parameters.js';
import { openModel, writeModel } from './model-folder.js';

const config = transformerConfig.parse({ inputs: 2, points: 4, layers: 1, width: 4, heads: 1 });
const seeded = (seed: number) =>
  makeModel('tiny', config, initialise(config, seed), { kind: 'trained', specHash: 'abc', spec: {} });
const [first, second] = [seeded(1), seeded(2)];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-model-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('writing a model', () => {
  it('replaces the model that was there and keeps everything else in the folder', async () => {
    await writeModel(folder, first.files);
    await writeFile(join(folder, 'README.md'), 'my notes');
    await writeModel(folder, second.files);
    expect((await openModel(folder)).hash).toBe(second.model.hash);
    expect(await readFile(join(folder, 'README.md'), 'utf8')).toBe('my notes');
    expect(await readdir(folder)).toHaveLength(4);
  });

  it('that fails on the way leaves the model that was there and no temporary file', async () => {
    await writeModel(folder, first.files);
    // What cannot be written comes last: a device that is full in place of model.json's place.
    await rm(join(folder, 'model.json'));
    await symlink('/dev/full', join(folder, 'model.json'));
    await expect(writeModel(folder, second.files)).rejects.toThrow('the disk is full');
    expect(await readdir(folder)).toEqual(['model.json', 'model.onnx', 'model.safetensors']);
    await rm(join(folder, 'model.json'));
    await writeFile(join(folder, 'model.json'), first.files['model.json']);
    expect((await openModel(folder)).hash).toBe(first.model.hash);
  });
});

describe('opening a model', () => {
  it('refuses the mixture of two', async () => {
    await writeModel(folder, first.files);
    await writeFile(join(folder, 'model.safetensors'), second.files['model.safetensors']);
    await expect(openModel(folder)).rejects.toThrow('model.safetensors was altered');
  });

  it('tells what is missing from what cannot be read', async () => {
    const missing = 'missing model.json in';
    await expect(openModel(join(folder, 'none'))).rejects.toThrow(missing);
    await writeFile(join(folder, 'file'), '');
    await expect(openModel(join(folder, 'file'))).rejects.toThrow(missing);
    await mkdir(join(folder, 'model.json'));
    await expect(openModel(folder)).rejects.toThrow(/cannot read .*model.json: it is a folder/);
    if (process.getuid?.() === 0) return; // Root may read anything.
    await rm(join(folder, 'model.json'), { recursive: true });
    await writeModel(folder, first.files);
    await chmod(join(folder, 'model.json'), 0);
    await expect(openModel(folder)).rejects.toThrow(/cannot read .*model.json: no permission/);
  });
});
