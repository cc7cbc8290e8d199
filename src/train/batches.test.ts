import { describe, expect, it } from 'vitest';
import { specHash } from '../core/spec.js';
import { batchSource } from './batches.js';
import { parseTrainSpec } from './spec.js';

const spec = (settings: object) =>
  parseTrainSpec({
    name: 'test',
    model: { inputs: 8, points: 6, layers: 1, width: 8, heads: 1 },
    steps: 16,
    family: { family: 'linear' },
    ...settings,
  });

/** For each episode, how many of its first point's inputs are not 0. */
const active = ({ x, episodes, points }: { x: Float32Array; episodes: number; points: number }) =>
  Array.from(
    { length: episodes },
    (_, e) => x.subarray(e * points * 8, (e * points + 1) * 8).filter((value) => value !== 0).length,
  );

describe('a training spec', () => {
  it('has one hash, however much of its family is written out', () => {
    const full = spec({ family: { family: 'linear', inputs: 8, noise: 0 } });
    expect(specHash(spec({}))).toBe(specHash(full));
    expect(specHash(spec({ family: { family: 'linear', noise: 0.5 } }))).not.toBe(specHash(full));
  });
});

describe('a batch', () => {
  it('is a pure function of spec, shard and step', async () => {
    const [a, b] = [batchSource(spec({}), 0), batchSource(spec({}), 0)];
    const later = await a(7);
    await a(3);
    expect(await b(7)).toEqual(later);
    expect((await batchSource(spec({}), 1)(7)).x).not.toEqual(later.x);
  });

  it('has no more active inputs than the curriculum allows, nor than the family', async () => {
    const curriculum = { inputs: { from: 1, by: 1, every: 2 }, points: { from: 2, by: 1, every: 1 } };
    const at = batchSource(spec({ family: { family: 'linear', active: [2, 5] }, curriculum }), 0);
    expect(new Set(active(await at(1)))).toEqual(new Set([1]));
    expect(new Set(active(await at(6)))).toEqual(new Set([2, 3]));
    expect(new Set(active(await at(16)))).toEqual(new Set([2, 3, 4, 5]));
    expect((await at(1)).points).toBe(2);
    expect((await at(16)).points).toBe(6);
  });

  it('teaches the label, the label without noise, or what the Bayes predictor says', async () => {
    const noisy = { family: 'linear', noise: 0.5 };
    const batch = (target: string) => batchSource(spec({ family: noisy, target }), 0)(1);
    const [label, truth, bayes] = [await batch('label'), await batch('truth'), await batch('bayes')];
    expect(label.target).toEqual(label.y);
    const deviation = Math.hypot(...truth.y.map((y, i) => y - truth.target[i]!)) / Math.sqrt(truth.y.length);
    expect(deviation).toBeGreaterThan(0.4);
    expect(deviation).toBeLessThan(0.6);
    // Without an example the mean of the prior is the best answer.
    expect(bayes.target.filter((_, i) => i % bayes.points === 0).every((value) => value === 0)).toBe(true);
    expect(bayes.target.filter((_, i) => i % bayes.points === 5).every((value) => value !== 0)).toBe(true);
  });

  it('weighs points by what is left to learn, 1 on average', async () => {
    const { weights, points } = await batchSource(spec({ weighting: 0.3 }), 0)(1);
    expect(weights.reduce((a, b) => a + b, 0) / weights.length).toBeCloseTo(1, 5);
    // Risk is 8 − k after k noiseless examples of 8 inputs: weights ∝ 1 / (8 − k + 0.3 · 8).
    for (let k = 0; k < points; k++) expect(weights[k]! / weights[0]!).toBeCloseTo(10.4 / (10.4 - k), 5);
    const { weights: equal } = await batchSource(spec({}), 0)(1);
    expect(equal.every((weight) => weight === 1)).toBe(true);
    const { weights: last } = await batchSource(spec({ asked: 'last' }), 0)(1);
    expect([...last.subarray(0, 2 * points)]).toEqual([0, 0, 0, 0, 0, 6, 0, 0, 0, 0, 0, 6]);
    expect(() => batchSource(spec({ asked: 'last', weighting: 0.3 }), 0)).toThrow(/leave one out/);
  });

  it('names what does not fit', () => {
    expect(() => batchSource(spec({ family: { family: 'linear', inputs: 5 } }), 0)).toThrow(
      /the family has 5 inputs and the model takes 8/,
    );
    expect(() => spec({ family: { family: 'linear', active: [3, 2] } })).toThrow(/min \(3\)/);
  });
});
