import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { slow } from '../engine/slow.js';
import { linear } from '../tasks/index.js';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA } from '../testing/tolerances.js';
import { align, between } from './align.js';
import { transformerConfig } from './config.js';
import { modelLearner } from './learner.js';
import type { Model } from './model.js';
import { initialise, type Parameters } from './parameters.js';

const sizes = { inputs: 2, points: 4, layers: 2, width: 6, heads: 3, mlpRatio: 1 };
const modelOf = (config: Model['config'], parameters: Parameters): Model => ({
  name: 'tiny',
  config,
  parameters,
  provenance: { kind: 'trained', specHash: '', spec: {} },
  hash: '',
});

/** The same model, its parts in another order: each parameter's numbers by a cycle of its heads or its units. */
function turned(parameters: Parameters, each: number): Parameters {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, { shape, data }]) => {
      const inner = /attention\.(query|key|value|output|ridge)|mlp\.(up|down)/.exec(name)?.[0];
      if (inner === undefined || /(output|down)\.bias/.test(name)) return [name, { shape, data }];
      const rows = /output|down|bias|ridge/.test(name);
      const span = inner.startsWith('mlp') || inner.endsWith('ridge') ? 1 : each;
      const columns = shape.length === 1 ? 1 : shape[1]!;
      const count = rows ? shape[0]! : columns;
      const moved = data.map((_, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const from = ((rows ? row : column) + span) % count;
        return rows ? data[from * columns + column]! : data[row * columns + from]!;
      });
      return [name, { shape, data: moved }];
    }),
  );
}

describe.each([
  { attention: 'softmax' as const },
  { attention: 'mesa' as const, norm: 'none' as const },
  { mlpRatio: 0 },
  { looped: true },
])('aligning %j', (options) => {
  const config = transformerConfig.parse({ ...sizes, ...options });
  const own = modelOf(config, initialise(config, 1, 'uniform-scaling'));
  if (config.attention === 'mesa')
    for (const [name, { data }] of Object.entries(own.parameters))
      if (name.endsWith('ridge')) data.set([0.5, 1, 2]);
  const other = modelOf(config, turned(own.parameters, 2));

  it('finds the order in which the parts were', () => {
    const { parameters, moved, of, before, after } = align(own, other);
    expect(parameters).toEqual(own.parameters);
    expect(moved).toEqual(of);
    expect(of.heads).toBe(config.looped ? 3 : 6);
    expect(before).toBeGreaterThan(1);
    expect(after).toBe(0);
  });

  it('changes no prediction', async () => {
    const stranger = modelOf(config, initialise(config, 2, 'uniform-scaling'));
    const { parameters, before, after } = align(own, stranger);
    expect(after).toBeLessThanOrEqual(before);
    const prompts = linear({ inputs: 2 }).sample({
      episodes: 3,
      points: 4,
      seed: 1,
      stream: random(1, 'align'),
    });
    const predict = (weights: Parameters) => modelLearner('tiny', config, weights, slow).predict(prompts);
    const [found, expected] = [await predict(parameters), await predict(stranger.parameters)];
    expect(relativeError(found.values, expected.values)).toBeLessThan(SAME_FORMULA);
  });
});

it('mixes weights', () => {
  const a = { w: { shape: [2], data: Float32Array.of(1, 2) } };
  const b = { w: { shape: [2], data: Float32Array.of(3, -2) } };
  expect(between(a, b, 0)).toEqual(a);
  expect(between(a, b, 1)).toEqual(b);
  expect(between(a, b, 0.25)).toEqual({ w: { shape: [2], data: Float32Array.of(1.5, 1) } });
});
