import { expect, test } from 'vitest';
import type { Episodes } from '../core/episodes.js';
import { permutation, random } from '../core/random.js';
import { nodeEngine } from '../engine/node.js';
import { slow } from '../engine/slow.js';
import { type NetworkOptions, networkLearner } from './network-learner.js';

function episodes(count: number, points: number, inputs: number): Episodes {
  const stream = random(3, 'test');
  const x = Float64Array.from({ length: count * points * inputs }, stream.normal);
  const y = Float64Array.from({ length: count * points }, (_, at) => Math.abs(x[at * inputs]!) - 0.5);
  return { x, y, episodes: count, points, inputs, family: 'test', seed: 3 };
}

/** The same training written down for one network, with its gradient by hand. */
function direct(batch: Episodes, e: number, k: number, options: Required<NetworkOptions>): number {
  const { inputs: d, points } = batch;
  const { hidden, steps, rate, seed } = options;
  const stream = random(seed, 'network parameters');
  const draw = (count: number, fanIn: number) =>
    Array.from({ length: count }, () => (2 * stream.uniform() - 1) / Math.sqrt(fanIn));
  const [w1, b1, w2, b2] = [draw(d * hidden, d), draw(hidden, d), draw(hidden, hidden), draw(1, hidden)];
  const parameters = [w1, b1, w2, b2];
  const firsts = parameters.map((p) => p.map(() => 0));
  const seconds = parameters.map((p) => p.map(() => 0));
  const xOf = (i: number) => Array.from(batch.x.subarray((e * points + i) * d, (e * points + i + 1) * d));
  const unitsOf = (x: number[]) =>
    b1.map((b, h) =>
      Math.max(
        0,
        x.reduce((sum, v, j) => sum + v * w1[j * hidden + h]!, b),
      ),
    );
  const size = Math.min(k, options.batch);
  const batches = random(seed, 'network batches', k);
  for (let step = 1; step <= steps; step++) {
    const chosen =
      k === size ? Array.from({ length: k }, (_, i) => i) : permutation(k, batches).slice(0, size);
    const slopes = parameters.map((p) => p.map(() => 0));
    for (const i of chosen) {
      const x = xOf(i);
      const units = unitsOf(x);
      const error = units.reduce((sum, u, h) => sum + u * w2[h]!, b2[0]!) - batch.y[e * points + i]!;
      const share = (2 * error) / size;
      slopes[3]![0]! += share;
      units.forEach((u, h) => {
        slopes[2]![h]! += share * u;
        if (u === 0) return;
        slopes[1]![h]! += share * w2[h]!;
        x.forEach((v, j) => {
          slopes[0]![j * hidden + h]! += share * w2[h]! * v;
        });
      });
    }
    parameters.forEach((p, n) => {
      p.forEach((value, at) => {
        const slope = slopes[n]![at]!;
        firsts[n]![at] = 0.9 * firsts[n]![at]! + 0.1 * slope;
        seconds[n]![at] = 0.999 * seconds[n]![at]! + 0.001 * slope * slope;
        const scale = Math.sqrt(seconds[n]![at]! / (1 - 0.999 ** step)) + 1e-8;
        p[at] = value - (rate * (firsts[n]![at]! / (1 - 0.9 ** step))) / scale;
      });
    });
  }
  return unitsOf(xOf(k)).reduce((sum, u, h) => sum + u * w2[h]!, b2[0]!);
}

const options = { hidden: 6, steps: 30, batch: 3, rate: 0.02, seed: 5 };

test('every prefix is what the training written down by hand gives', async () => {
  const batch = episodes(3, 6, 2);
  const { values } = await networkLearner(slow, options).predict(batch);
  for (let e = 0; e < 3; e++) {
    expect(values[e * 6]).toBe(0);
    for (let k = 1; k < 6; k++) expect(values[e * 6 + k]).toBeCloseTo(direct(batch, e, k, options), 9);
  }
});

test('a prefix is blind to what follows, an episode to its neighbours', async () => {
  const long = episodes(2, 6, 2);
  const short = { ...long, x: long.x.slice(12, 20), y: long.y.slice(6, 10), episodes: 1, points: 4 };
  const [a, b] = [
    await networkLearner(slow, options).predict(long),
    await networkLearner(slow, options).predict(short),
  ];
  b.values.forEach((value, k) => {
    expect(value).toBeCloseTo(a.values[6 + k]!, 12);
  });
});

test('it learns what is no line', async () => {
  const batch = episodes(16, 21, 1); // |x| − ½
  const { values } = await networkLearner(nodeEngine(), { hidden: 20, steps: 200, rate: 0.02 }).predict(
    batch,
  );
  let error = 0;
  for (let e = 0; e < 16; e++) error += (values[e * 21 + 20]! - batch.y[e * 21 + 20]!) ** 2 / 16;
  expect(error).toBeLessThan(0.03);
});

test('options are checked', () => {
  expect(networkLearner(slow).name).toBe('network:100:5000');
  expect(() => networkLearner(slow, { hidden: 0 })).toThrow('invalid number of hidden units: 0');
  expect(() => networkLearner(slow, { steps: 1.5 })).toThrow('invalid number of Adam steps: 1.5');
  expect(() => networkLearner(slow, { batch: 0 })).toThrow('invalid examples of a step: 0');
  expect(() => networkLearner(slow, { rate: 0 })).toThrow('invalid Adam rate: 0');
  expect(() => networkLearner(slow, { seed: -1 })).toThrow('invalid seed: -1');
});
