import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { nodeEngine } from '../engine/node.js';
import { type OnnxRuntime, openProgram } from '../engine/onnxruntime.js';
import { slow } from '../engine/slow.js';
import { openModel, writeModel } from '../runs/model-folder.js';
import { linear } from '../tasks/index.js';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA, SINGLE_PRECISION } from '../testing/tolerances.js';
import { transformerConfig } from './config.js';
import { modelLearner } from './learner.js';
import { makeModel, readModel } from './model.js';
import { countParameters, initialise } from './parameters.js';

const config = transformerConfig.parse({ inputs: 3, points: 6, layers: 2, width: 8, heads: 2 });
const { model, files } = makeModel('tiny', config, initialise(config, 1), {
  kind: 'trained',
  specHash: 'abc',
  spec: {},
  steps: 0,
});
const sample = (inputs: number, points: number, episodes: number) =>
  linear({ inputs }).sample({ episodes, points, seed: 5, stream: random(5, 'model') });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icicle-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a model’s files', () => {
  it('open as what was written', async () => {
    const path = join(folder, 'tiny');
    await writeModel(path, files);
    const opened = await openModel(path);
    expect(opened).toEqual(model);
    expect(Object.values(opened.parameters).reduce((sum, { data }) => sum + data.length, 0)).toBe(
      countParameters(config),
    );
  });

  it.each([
    [
      'cut short',
      async (path: string) => writeFile(path, files['model.safetensors'].subarray(0, -8)),
      'is damaged: it ends within',
    ],
    [
      'altered',
      async (path: string) => {
        const bytes = Uint8Array.from(files['model.safetensors']);
        bytes[bytes.length - 1]! ^= 1;
        await writeFile(path, bytes);
      },
      'model.json or model.safetensors was altered: the SHA-256 of',
    ],
    ['empty', async (path: string) => writeFile(path, ''), 'is damaged: it holds 0 bytes'],
    ['gone', async (path: string) => rm(path), 'missing model.safetensors in'],
  ])('weights that are %s are told', async (_what, change, message) => {
    const path = join(folder, 'changed');
    await writeModel(path, files);
    await change(join(path, 'model.safetensors'));
    await expect(openModel(path)).rejects.toThrow(message);
  });

  it('a description that is not of these weights is told', async () => {
    const path = join(folder, 'described');
    await writeModel(path, files);
    const json = join(path, 'model.json');
    const text = await readFile(json, 'utf8');
    await writeFile(json, text.replace('"layers"', '"leyers"'));
    await expect(openModel(path)).rejects.toThrow('unknown key "config.leyers": did you mean "layers"?');
    for (const [from, to] of [
      ['"width": 8', '"width": 16'],
      ['"attention": "softmax"', '"attention": "relu"'],
    ] as const) {
      await writeFile(json, text.replace(from, to));
      await expect(openModel(path)).rejects.toThrow(
        'model.json or model.safetensors was altered: the SHA-256 of',
      );
    }
    await writeFile(json, text.replace(/"parameters": \d+/, '"parameters": 7'));
    await expect(openModel(path)).rejects.toThrow(
      'model.json was altered: it says 7 parameters, the weights are',
    );
    await writeFile(json, text.slice(0, 50));
    await expect(openModel(path)).rejects.toThrow('is damaged: it is no JSON');
  });

  it('weights that do not fit the config are not written', () => {
    const wide = transformerConfig.parse({ ...config, width: 16 });
    expect(() => makeModel('bad', wide, model.parameters, model.provenance)).toThrow(
      'the weights do not fit the config: "embed.weight" is [4,8], expected [4,16]',
    );
  });

  it('opens whatever the order of its keys', () => {
    const { config: written, ...rest } = JSON.parse(new TextDecoder().decode(files['model.json']));
    const turned = Object.fromEntries(Object.entries(written).reverse());
    const json = new TextEncoder().encode(JSON.stringify({ config: turned, ...rest }));
    expect(readModel(json, files['model.safetensors'], 'tiny')).toEqual(model);
  });

  it('weights that are not finite are not written', () => {
    const parameters = initialise(config, 1);
    parameters['embed.weight']!.data[0] = Number.NaN;
    expect(() => makeModel('bad', config, parameters, model.provenance)).toThrow(
      '"embed.weight" holds numbers that are not finite',
    );
  });

  it('the ONNX file gives the learner’s predictions for any number of episodes', async () => {
    const program = await openProgram(ort as unknown as OnnxRuntime, files['model.onnx']!);
    const learner = modelLearner('tiny', config, model.parameters, nodeEngine({ threads: 1 }));
    for (const episodes of [1, 5]) {
      const prompts = sample(3, 6, episodes);
      const { predictions } = await program.run({
        x: { shape: [episodes, 6, 3], data: prompts.x },
        y: { shape: [episodes, 6], data: prompts.y },
      });
      expect(relativeError(predictions!.data, (await learner.predict(prompts)).values)).toBeLessThan(1e-6);
    }
    await program.release();
    await learner.release();
  });
});

describe('a model as a learner', () => {
  const learner = modelLearner('tiny', config, model.parameters, nodeEngine({ threads: 1 }));
  afterAll(() => learner.release());

  it('agrees with the slow evaluator', async () => {
    const prompts = sample(3, 6, 4);
    const oracle = await modelLearner('tiny', config, model.parameters, slow).predict(prompts);
    expect(relativeError((await learner.predict(prompts)).values, oracle.values)).toBeLessThan(
      SINGLE_PRECISION,
    );
  });

  it('predicts every prefix as if the rest were not there', async () => {
    const whole = sample(3, 6, 4);
    const all = (await learner.predict(whole)).values;
    for (const points of [1, 3, 5]) {
      const cut = {
        ...whole,
        points,
        x: whole.x.filter((_, i) => i % 18 < points * 3),
        y: whole.y.filter((_, i) => i % 6 < points),
      };
      const { values } = await learner.predict(cut);
      expect(
        relativeError(
          values,
          all.filter((_, i) => i % 6 < points),
        ),
      ).toBeLessThan(SINGLE_PRECISION);
    }
  });

  it('takes a missing input as zero, and many episodes in pieces', async () => {
    const narrow = sample(2, 6, 130);
    const wide = {
      ...narrow,
      inputs: 3,
      x: Float64Array.from({ length: 130 * 18 }, (_, i) =>
        i % 3 === 2 ? 0 : narrow.x[Math.floor(i / 3) * 2 + (i % 3)]!,
      ),
    };
    expect((await learner.predict(narrow)).values).toEqual((await learner.predict(wide)).values);
  });

  it('does not see a point’s own label', async () => {
    const prompts = sample(3, 6, 4);
    const changed = { ...prompts, y: prompts.y.map((value, i) => (i % 6 === 5 ? value + 100 : value)) };
    expect((await learner.predict(changed)).values).toEqual((await learner.predict(prompts)).values);
  });

  it('refuses prompts that are too long or too wide, and says what to use', async () => {
    await expect(learner.predict(sample(3, 7, 1))).rejects.toThrow(
      'unsupported examples: 6: tiny takes at most 5; use --examples 5',
    );
    await expect(learner.predict(sample(4, 6, 1))).rejects.toThrow(
      'unsupported inputs: 4: tiny takes at most 3; use --dims 3',
    );
  });
});

it('looped layers give the same numbers as layers with equal weights', async () => {
  const looped = transformerConfig.parse({ ...config, looped: true });
  const one = initialise(looped, 2);
  const unrolled = Object.fromEntries(
    Object.entries(one).flatMap(([name, array]) =>
      name.startsWith('blocks.0.')
        ? [
            [name, array],
            [name.replace('blocks.0', 'blocks.1'), array],
          ]
        : [[name, array]],
    ),
  );
  const prompts = sample(3, 6, 2);
  const [a, b] = await Promise.all([
    modelLearner('a', looped, one, slow).predict(prompts),
    modelLearner('b', config, unrolled, slow).predict(prompts),
  ]);
  expect(relativeError(a.values, b.values)).toBeLessThan(SAME_FORMULA);
});
