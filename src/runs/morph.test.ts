import { describe, expect, it } from 'vitest';
import { slow } from '../engine/slow.js';
import { nearestAlong } from '../measure/index.js';
import { transformerConfig } from '../model/config.js';
import type { Model } from '../model/model.js';
import { initialise } from '../model/parameters.js';
import { morph } from './morph.js';

const small = { inputs: 2, points: 4, layers: 1, width: 4, heads: 2, mlpRatio: 1 };
const modelOf = (seed: number, changes: object = {}): Model => {
  const config = transformerConfig.parse({ ...small, ...changes });
  return {
    name: `model-${seed}`,
    config,
    parameters: initialise(config, seed, 'uniform-scaling'),
    provenance: { kind: 'trained', specHash: '', spec: {} },
    hash: String(seed),
  };
};
const options = {
  family: { family: 'linear', inputs: 2 },
  learners: ['zero', 'ols', 'bayes'],
  episodes: 16,
  points: 4,
  steps: 4,
  trials: 10,
};
const walk = (a: Model, b: Model, changes: object = {}) =>
  morph({ ...options, ...changes }, { a, b, engine: slow });

describe('a walk between two models', async () => {
  const found = await walk(modelOf(1), modelOf(2));
  const value = (walk: string, t: number, metric: string, reference?: string) =>
    found.rows.find(
      (row) =>
        row.walk === walk &&
        row.t === t &&
        row.metric.startsWith(metric) &&
        row.metric.includes('@') &&
        row.reference === reference,
    )!.value;

  it('begins at one and ends at the other, both ways', () => {
    expect(found.references).toEqual(['a', 'b', 'zero', 'ols = bayes']);
    for (const mixed of ['weights', 'predictions']) {
      expect(value(mixed, 0, 'spd/d', 'a')).toBe(0);
      expect(value(mixed, 1, 'spd/d', 'b')).toBe(0);
      for (const t of [0, 1])
        expect(value(mixed, t, 'squared-error')).toBe(value('weights', t, 'squared-error'));
    }
  });

  it('of predictions has distances that grow with t², and a convex error', () => {
    const apart = value('predictions', 1, 'spd/d', 'a');
    for (const t of [0.25, 0.5, 0.75]) {
      expect(value('predictions', t, 'spd/d', 'a')).toBeCloseTo(t ** 2 * apart, 10);
      const [left, right] = [0, 1].map((end) => value('predictions', end, 'squared-error'));
      expect(value('predictions', t, 'squared-error')).toBeLessThanOrEqual((1 - t) * left! + t * right!);
    }
  });

  it('measures every number of examples', () => {
    const errors = found.rows.filter(({ metric, t }) => metric === 'squared-error' && t === 0.5);
    expect(errors.map(({ walk, examples }) => `${walk} ${examples}`)).toEqual(
      ['weights', 'predictions'].flatMap((mixed) => [0, 1, 2, 3].map((n) => `${mixed} ${n}`)),
    );
    expect(errors.every(({ spec }) => spec === found.hash)).toBe(true);
  });
});

it('mixes no weights of models whose configs differ', async () => {
  const found = await walk(modelOf(1), modelOf(2, { layers: 2 }));
  expect(found.aligned).toBeUndefined();
  expect(new Set(found.rows.map((row) => row.walk))).toEqual(new Set(['predictions']));
});

it.each([
  [{ family: { family: 'linear', inputs: 3 } }, 'unsupported inputs: 3: model-1 takes at most 2'],
  [{ points: 6 }, 'unsupported examples: 5: model-1 takes at most 3'],
  [{ learners: ['olz'] }, 'unknown learner "olz": did you mean "ols"?'],
])('refuses %j', async (changes, cause) => {
  await expect(walk(modelOf(1), modelOf(2), changes)).rejects.toThrow(cause);
});

it('says which textbook learner is the nearest where', () => {
  const row = (t: number, reference: string, value: number, metric = 'spd/d@1-3') => ({
    ...{
      family: 'linear',
      learner: '',
      examples: 3,
      low: value,
      high: value,
      episodes: 8,
      seed: 1,
      spec: '',
    },
    ...{ walk: 'weights' as const, t, reference, value, metric },
  });
  const rows = [0, 0.5, 1].flatMap((t) => [
    row(t, 'a', 0),
    row(t, 'zero', t),
    row(t, 'ols', 0.8 - 0.1 * t),
    row(t, 'ols', 0, 'spd'),
  ]);
  expect(nearestAlong(rows, 'weights')).toEqual([
    { nearest: 'zero', from: 0, to: 0.5 },
    { nearest: 'ols', from: 1, to: 1 },
  ]);
  expect(nearestAlong(rows, 'predictions')).toEqual([]);
});
