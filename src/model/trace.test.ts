import { describe, expect, it } from 'vitest';
import { sizeOf } from '../core/array.js';
import { random } from '../core/random.js';
import { nodeEngine } from '../engine/node.js';
import { slow } from '../engine/slow.js';
import { evaluate } from '../graph/evaluate.js';
import * as o from '../graph/ops/index.js';
import { constant, graph } from '../graph/tensor.js';
import { linear } from '../tasks/index.js';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA, SINGLE_PRECISION } from '../testing/tolerances.js';
import { transformerConfig } from './config.js';
import { modelLearner } from './learner.js';
import { initialise } from './parameters.js';
import { activationNames, trace } from './trace.js';

const config = transformerConfig.parse({ inputs: 3, points: 6, layers: 2, width: 8, heads: 2 });
const model = { name: 'tiny', config, parameters: initialise(config, 1, 'uniform-scaling') };
const sample = (inputs: number, points: number, episodes: number) =>
  linear({ inputs }).sample({ episodes, points, seed: 5, stream: random(5, 'trace') });

describe('activations', () => {
  it('are reached by stable names', async () => {
    const names = activationNames(model);
    expect(names).toContain('blocks.1.attention.pattern');
    const prompts = sample(3, 6, 2);
    const traced = await trace(model, prompts, ['blocks.1.attention.pattern', 'blocks.0.residual'], slow);
    expect(traced['blocks.0.residual']!.shape).toEqual([2, 11, 8]);
    const { shape, data } = traced['blocks.1.attention.pattern']!;
    expect(shape).toEqual([2, 2, 11, 11]);
    for (let row = 0; row < 44; row++) {
      const weights = Array.from(data.slice(row * 11, (row + 1) * 11));
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      expect(weights.slice((row % 11) + 1).every((weight) => weight === 0)).toBe(true);
    }
  });

  it('with unknown names are refused', async () => {
    await expect(trace(model, sample(3, 6, 1), ['blocks.1.attention.patern'], slow)).rejects.toThrow(
      'unknown activation "blocks.1.attention.patern": did you mean "blocks.1.attention.pattern"?',
    );
  });

  it.each(['pre', 'replace', 'none'] as const)(
    'are what the next ones are computed from, norm %s',
    async (norm) => {
      const made = transformerConfig.parse({ ...config, norm, activation: 'relu', mlpRatio: 2 });
      const parameters = initialise(made, 3, 'uniform-scaling');
      const prompts = sample(3, 6, 2);
      const names = activationNames({ config: made, parameters });
      expect(names).toEqual(activationNames(model));
      const traced = await trace({ name: 'made', config: made, parameters }, prompts, names, slow);
      const at = (name: string) => {
        const { shape, data } = traced[name]!;
        expect(data.length, name).toBe(sizeOf(shape));
        return constant(data, shape);
      };
      const learned = (name: string) => constant(parameters[name]!.data, parameters[name]!.shape);
      const layer = (from: string, name: string) =>
        o.add(o.matmul(at(from), learned(`${name}.weight`)), learned(`${name}.bias`));
      const perHead = (x: ReturnType<typeof at>) => o.transpose(o.reshape(x, [2, 11, 2, 4]), [0, 2, 1, 3]);
      const block = 'blocks.1';
      const parts = Object.fromEntries(
        ['query', 'key', 'value'].map((part) => [
          `${block}.attention.${part}`,
          perHead(layer(`${block}.attention.input`, `${block}.attention.${part}`)),
        ]),
      );
      const expected = evaluate(
        graph({
          ...parts,
          [`${block}.attention.scores`]: o.mul(
            o.matmul(at(`${block}.attention.query`), o.swapLast(at(`${block}.attention.key`))),
            0.5,
          ),
          [`${block}.mlp.up`]: layer(`${block}.mlp.input`, `${block}.mlp.up`),
          [`${block}.mlp.hidden`]: o.relu(at(`${block}.mlp.up`)),
          predictions: o.reshape(layer('head.input', 'head'), [2, 6]),
        }),
        {},
      );
      const { values } = await modelLearner('made', made, parameters, slow).predict(prompts);
      for (const [name, { shape, data }] of Object.entries(expected)) {
        const found = name === 'predictions' ? { shape: [2, 6], data: values } : traced[name]!;
        expect(found.shape, name).toEqual(shape);
        expect(relativeError(found.data, data), name).toBeLessThan(SAME_FORMULA);
      }
    },
  );

  it('take a missing input as zero and refuse too many, as the learner does', async () => {
    const narrow = sample(1, 4, 2);
    const wide = {
      ...narrow,
      inputs: 3,
      x: Float64Array.from({ length: 24 }, (_, i) => (i % 3 === 0 ? narrow.x[i / 3]! : 0)),
    };
    const engine = nodeEngine({ threads: 1 });
    const name = 'blocks.1.residual';
    const [a, b] = [await trace(model, narrow, [name], engine), await trace(model, wide, [name], slow)];
    expect(relativeError(a[name]!.data, b[name]!.data)).toBeLessThan(SINGLE_PRECISION);
    await expect(trace(model, sample(4, 6, 1), [name], slow)).rejects.toThrow(
      'unsupported inputs: 4: tiny takes at most 3',
    );
    await expect(trace(model, sample(3, 7, 1), [name], slow)).rejects.toThrow('unsupported examples: 6');
  });
});
