import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import { blendClasses, fitClassBlend, setThreshold } from './classes.js';

/** Rows of probabilities, [rows,K]. */
const drawRows = (rows: number, k: number, seed: number, sharp = 2): Float64Array => {
  const stream = random(seed, 'rows');
  const p = new Float64Array(rows * k);
  for (let r = 0; r < rows; r++) {
    const own = Array.from({ length: k }, () => Math.exp(sharp * stream.normal()));
    const sum = own.reduce((a, b) => a + b);
    own.forEach((value, c) => {
      p[r * k + c] = value / sum;
    });
  }
  return p;
};
/** A label of each row, drawn from its probabilities. */
const drawLabels = (p: Float64Array, k: number, seed: number): number[] => {
  const stream = random(seed, 'labels');
  return Array.from({ length: p.length / k }, (_, r) => {
    let left = stream.uniform();
    for (let c = 0; c < k - 1; c++) {
      left -= p[r * k + c]!;
      if (left < 0) return c;
    }
    return k - 1;
  });
};
const entropy = (p: ArrayLike<number>): number =>
  Array.from(p).reduce((sum, value) => sum - (value > 0 ? value * Math.log(value) : 0), 0);

describe('the blend of probabilities', () => {
  const inputs = [
    fc.integer({ min: 2, max: 6 }),
    fc.nat(),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ] as const;

  it('sums to 1, lies between both where nothing is flattened, and is each at its end', () => {
    fc.assert(
      fc.property(...inputs, fc.double({ min: 1, max: 3, noNaN: true }), (k, seed, share, temperature) => {
        const [network, head] = [drawRows(4, k, seed), drawRows(4, k, seed + 1)];
        const flat = blendClasses({ share, temperature }, network, head, k);
        for (let at = 0; at < flat.length; at += k)
          expect(flat.subarray(at, at + k).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        const mixed = blendClasses({ share, temperature: 1 }, network, head, k);
        mixed.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(Math.min(network[i]!, head[i]!) - 1e-12);
          expect(value).toBeLessThanOrEqual(Math.max(network[i]!, head[i]!) + 1e-12);
        });
        expect(blendClasses({ share: 1, temperature: 1 }, network, head, k)).toEqual(network);
        expect(blendClasses({ share: 0, temperature: 1 }, network, head, k)).toEqual(head);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('a temperature above 1 flattens and keeps the order', () => {
    fc.assert(
      fc.property(...inputs, fc.double({ min: 1.01, max: 3, noNaN: true }), (k, seed, share, temperature) => {
        const [network, head] = [drawRows(3, k, seed), drawRows(3, k, seed + 1)];
        const mixed = blendClasses({ share, temperature: 1 }, network, head, k);
        const flat = blendClasses({ share, temperature }, network, head, k);
        for (let at = 0; at < flat.length; at += k) {
          const [before, after] = [mixed.subarray(at, at + k), flat.subarray(at, at + k)];
          expect(entropy(after)).toBeGreaterThanOrEqual(entropy(before) - 1e-12);
          expect(Math.max(...after)).toBeLessThanOrEqual(Math.max(...before) + 1e-12);
          for (let a = 0; a < k; a++)
            for (let b = 0; b < k; b++)
              if (before[a]! > before[b]!) expect(after[a]).toBeGreaterThanOrEqual(after[b]!);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('stays whole where one class has all the probability', () => {
    const certain = Float64Array.from([1, 0, 0]);
    expect([...blendClasses({ share: 0.5, temperature: 2 }, certain, certain, 3)]).toEqual([1, 0, 0]);
  });
});

describe('fitting the blend', () => {
  it('takes both alike without held-out labels, and within bounds with any', () => {
    const none = new Float64Array();
    expect(fitClassBlend({ k: 2, truth: [], network: none, head: none })).toEqual({
      share: 0.5,
      temperature: 1,
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(),
        (rows, k, seed) => {
          const [network, head] = [drawRows(rows, k, seed, 8), drawRows(rows, k, seed + 1, 8)];
          const { share, temperature } = fitClassBlend({
            k,
            truth: drawLabels(network, k, seed),
            network,
            head,
          });
          expect(share >= 0 && share <= 1).toBe(true);
          expect(temperature >= 1 && temperature <= 3).toBe(true);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('finds who tells the truth, and leaves honest probabilities as they are', () => {
    const honest = drawRows(600, 3, 1);
    const other = drawRows(600, 3, 2);
    const truth = drawLabels(honest, 3, 3);
    const first = fitClassBlend({ k: 3, truth, network: honest, head: other });
    expect(first.share).toBeGreaterThan(0.9);
    expect(first.temperature).toBeLessThan(1.1);
    expect(fitClassBlend({ k: 3, truth, network: other, head: honest }).share).toBeLessThan(0.1);
  });

  it('flattens what is too sure', () => {
    const honest = drawRows(600, 3, 4);
    // Probabilities whose logarithms are twice as large: a temperature of 2 makes them honest.
    const boastful = honest.map((value) => value ** 2);
    for (let at = 0; at < boastful.length; at += 3) {
      const own = boastful.subarray(at, at + 3);
      const sum = own[0]! + own[1]! + own[2]!;
      for (let c = 0; c < 3; c++) own[c]! /= sum;
    }
    const { temperature } = fitClassBlend({
      ...{ k: 3, truth: drawLabels(honest, 3, 5) },
      ...{ network: boastful, head: boastful },
    });
    expect(temperature).toBeGreaterThan(1.6);
    expect(temperature).toBeLessThan(2.4);
  });
});

describe('the threshold of prediction sets', () => {
  it('is the order statistic that the formula of split conformal prediction says', () => {
    const truth = Array.from({ length: 19 }, () => 0);
    const p = Float64Array.from({ length: 38 }, (_, i) => (i % 2 ? 0 : (i / 2 + 1) / 20));
    // ⌊20 · 0.1⌋ = 2, though 1 − 0.9 is a little less than 0.1.
    expect(setThreshold(p, truth, 2, 0.9)).toBe(2 / 20);
    expect(setThreshold(p, truth, 2, 0.95)).toBe(1 / 20);
    expect(setThreshold(p, truth, 2, 0.5)).toBe(10 / 20);
  });

  it('is none where there are too few labels for the level', () => {
    const p = Float64Array.from({ length: 18 }, () => 0.5);
    const truth = Array.from({ length: 9 }, () => 0);
    expect(setThreshold(p, truth, 2, 0.9)).toBe(0.5);
    expect(setThreshold(p.subarray(2), truth.slice(1), 2, 0.9)).toBeUndefined();
    expect(setThreshold(new Float64Array(), [], 2, 0.5)).toBeUndefined();
  });

  it.each([0.5, 0.8, 0.9])(
    'holds %s of exchangeable labels, even of probabilities that are wrong',
    (level) => {
      // For each of many tasks 40 held-out labels set the threshold, and 20 more are asked. The rate over tasks is within
      // [level, level + 1/41] in expectation.
      const [tasks, held, asked, k] = [300, 40, 20, 3];
      let inside = 0;
      for (let task = 0; task < tasks; task++) {
        const honest = drawRows(held + asked, k, 1000 + task);
        const truth = drawLabels(honest, k, 5000 + task);
        const wrong = honest.map((value, i) => (i % k === 0 ? value ** 3 : value));
        const threshold = setThreshold(wrong, truth.slice(0, held), k, level)!;
        for (let r = held; r < held + asked; r++) if (wrong[r * k + truth[r]!]! >= threshold) inside++;
      }
      const rate = inside / (tasks * asked);
      // Tasks are independent, and a task's own rate has a deviation of at most √(¼/41 + ¼/20) < 0.14.
      const error = (3 * 0.14) / Math.sqrt(tasks);
      expect(rate).toBeGreaterThan(level - error);
      expect(rate).toBeLessThan(level + 1 / 41 + error);
    },
  );
});
