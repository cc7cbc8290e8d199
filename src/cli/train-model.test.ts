import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openModel } from '../runs/model-folder.js';
import { captured } from './captured.test.helper.js';

const spec = {
  name: 'tiny',
  family: { family: 'linear', inputs: 2 },
  model: { inputs: 2, points: 5, layers: 1, width: 4, heads: 1 },
  episodes: 4,
  steps: 20,
};

let folder = '';
let runs = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-train-'));
  runs = join(folder, 'runs');
  await writeFile(join(folder, 'spec.json'), JSON.stringify(spec));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A run that a Ctrl-C stopped after its first step; its folder. */
async function stopped(): Promise<string> {
  const { err } = await captured(['train', join(folder, 'spec.json'), '--runs', runs, '--one-thread'], {
    onInterrupt: (handler) => {
      void handler();
      return () => undefined;
    },
  });
  expect(err).toContain('stopped at step 1;');
  return join(runs, (await readdir(runs))[0]!);
}

const resumed = (run: string) => captured(['train', '--resume', run, '--one-thread']);
const hashOf = async (run: string) =>
  JSON.parse(await readFile(join(run, 'model', 'model.json'), 'utf8')).hash;

describe('icicle train --resume', () => {
  it('goes on in the folder that it is given: copied, renamed, or the one it stands in', async () => {
    const run = await stopped();
    const [copied, renamed] = [join(folder, 'copied'), join(folder, 'renamed')];
    await cp(run, copied, { recursive: true });
    expect((await resumed(copied)).err).toContain(`${copied}, going on from step 1\n`);
    await rename(run, renamed);
    const before = process.cwd();
    process.chdir(renamed);
    try {
      expect((await resumed('.')).err).toContain('., going on from step 1\n');
    } finally {
      process.chdir(before);
    }
    expect(await hashOf(renamed)).toBe(await hashOf(copied));
    expect(await readdir(runs)).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['copied', 'renamed', 'runs', 'spec.json']);
  });

  it('says so where there is no checkpoint yet', async () => {
    const run = await stopped();
    await rm(join(run, 'checkpoint.safetensors'));
    const { code, err } = await resumed(run);
    expect(err).toContain(`${run}, no checkpoint yet: starting at step 0\n`);
    expect(code).toBe(0);
    expect(await readdir(run)).toContain('model');
  });

  it('refuses a checkpoint of another spec and alters nothing', async () => {
    const run = await stopped();
    const text = (await readFile(join(run, 'spec.json'), 'utf8')).replace('"seed": 1', '"seed": 2');
    await writeFile(join(run, 'spec.json'), text);
    const before = await readFile(join(run, 'checkpoint.safetensors'));
    const { code, err } = await resumed(run);
    expect(code).toBe(1);
    expect(err).toMatch(/checkpoint.safetensors belongs to spec \w+, this run's is \w+: restore/);
    expect(await readFile(join(run, 'spec.json'), 'utf8')).toBe(text);
    expect(await readFile(join(run, 'checkpoint.safetensors'))).toEqual(before);
  });

  it('tells a spec that was cut short', async () => {
    const run = await stopped();
    await writeFile(join(run, 'spec.json'), '{"name": "ti');
    const { code, err } = await resumed(run);
    expect(code).toBe(1);
    expect(err).toMatch(/error: .*spec.json is damaged: it is no JSON/);
  });
});

describe('icicle train --from', () => {
  const small = ['steps=1', 'rates.adam=1e-12', 'optimiser=adam', 'average=null'].flatMap((setting) => [
    '--set',
    setting,
  ]);

  it('begins with the weights of a model and says which', async () => {
    const source = join(folder, 'spec.json');
    const first = join(folder, 'first');
    await captured(['train', source, '--one-thread', '--runs', first]);
    const model = join(first, (await readdir(first))[0]!, 'model');
    const { hash, config } = JSON.parse(await readFile(join(model, 'model.json'), 'utf8'));

    const { code } = await captured([
      'train',
      source,
      '--from',
      model,
      ...small,
      '--runs',
      runs,
      '--one-thread',
    ]);
    expect(code).toBe(0);
    const run = join(runs, (await readdir(runs))[0]!);
    const spec = JSON.parse(await readFile(join(run, 'spec.json'), 'utf8'));
    expect(spec).toMatchObject({ from: hash, model: config });
    // One step at a rate of nothing: the model is what it was.
    const begun = await openModel(join(run, 'model'));
    const { parameters } = await openModel(model);
    for (const [name, { data }] of Object.entries(parameters))
      expect(
        Math.max(...data.map((value, i) => Math.abs(value - begun.parameters[name]!.data[i]!))),
      ).toBeLessThan(1e-9);

    const resumeWith = (...more: string[]) => captured(['train', '--resume', run, '--one-thread', ...more]);
    await rm(join(run, 'checkpoint.safetensors'));
    await rm(join(run, 'model'), { recursive: true });
    const nameless = await resumeWith();
    expect(nameless.code).toBe(2);
    expect(nameless.err).toContain(`missing the model ${hash.slice(0, 12)}…`);
    const other = await resumeWith('--from', 'linear-8');
    expect(other.code).toBe(2);
    expect(other.err).toContain('invalid --from: "linear-8"');
    expect(other.err).toContain(hash);
    expect((await resumeWith('--from', model)).code).toBe(0);
  });

  it('refuses another transformer before anything is written', async () => {
    const source = join(folder, 'spec.json');
    const { code, err } = await captured([
      'train',
      source,
      '--from',
      'linear-8',
      '--set',
      'model.inputs=2',
      '--runs',
      runs,
      '--one-thread',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('leave --set model… away');
    await expect(readFile(join(runs, (await readdir(runs))[0]!, 'spec.json'))).rejects.toThrow('ENOENT');
  });
});
