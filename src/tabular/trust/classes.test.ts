import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import { blendClasses, fitClassBlend, setThreshold, UNMEASURED } from './classes.js';

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
  const exponent = fc.double({ min: 0, max: 3, noNaN: true });

  it('sums to 1, is each at its end and has the pool’s odds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.nat(), exponent, exponent, (k, seed, a, b) => {
        const [network, head] = [drawRows(4, k, seed), drawRows(4, k, seed + 1)];
        const blend = blendClasses({ network: a, head: b }, network, head, k);
        const kept = (p: number) => Math.max(1e-3, p);
        for (let at = 0; at < blend.length; at += k) {
          expect(blend.subarray(at, at + k).reduce((x, y) => x + y)).toBeCloseTo(1, 12);
          for (let c = at + 1; c < at + k; c++) {
            const odds = (p: Float64Array) => Math.log(kept(p[c]!) / kept(p[at]!));
            expect(Math.log(blend[c]! / blend[at]!)).toBeCloseTo(a * odds(network) + b * odds(head), 9);
          }
        }
        const even = Float64Array.from({ length: k }, () => 1 / k);
        expect([...blendClasses({ network: 0, head: 0 }, network, head, k).subarray(0, k)]).toEqual(
          [...even].map((value) => expect.closeTo(value, 12)),
        );
      }),
      { seed: 1, numRuns: 200 },
    );
    const honest = drawRows(20, 3, 5, 1);
    blendClasses({ network: 1, head: 0 }, honest, drawRows(20, 3, 6), 3).forEach((value, i) => {
      expect(value).toBeCloseTo(honest[i]!, 12);
    });
  });

  it('smaller exponents flatten and keep the order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 6 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.3, max: 0.99, noNaN: true }),
        (k, seed, share, less) => {
          const [network, head] = [drawRows(3, k, seed), drawRows(3, k, seed + 1)];
          const mixed = blendClasses({ network: share, head: 1 - share }, network, head, k);
          const flat = blendClasses({ network: less * share, head: less * (1 - share) }, network, head, k);
          for (let at = 0; at < flat.length; at += k) {
            const [before, after] = [mixed.subarray(at, at + k), flat.subarray(at, at + k)];
            expect(entropy(after)).toBeGreaterThanOrEqual(entropy(before) - 1e-12);
            for (let a = 0; a < k; a++)
              for (let b = 0; b < k; b++)
                if (before[a]! > before[b]!) expect(after[a]).toBeGreaterThanOrEqual(after[b]!);
          }
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('stays finite where one class has all the probability: nobody has a veto', () => {
    const [first, second] = [Float64Array.from([1, 0, 0]), Float64Array.from([0, 1, 0])];
    const agreed = blendClasses(UNMEASURED, first, first, 3);
    expect(agreed[0]).toBeGreaterThan(0.99);
    const torn = blendClasses({ network: 0.5, head: 0.5 }, first, second, 3);
    expect([...torn.subarray(0, 2)]).toEqual([expect.closeTo(torn[1]!, 12), expect.closeTo(torn[0]!, 12)]);
    expect(torn[0]).toBeGreaterThan(0.45);
    const of100 = Float64Array.from({ length: 100 }, (_, c) => (c === 7 ? 1 : 0));
    expect(blendClasses(UNMEASURED, of100, of100, 100)[7]).toBeGreaterThan(0.98);
  });
});

describe('fitting the blend', () => {
  it('has the measured exponents without held-out labels, and within bounds with any', () => {
    const none = new Float64Array();
    expect(fitClassBlend({ k: 2, truth: [], network: none, head: none })).toEqual(UNMEASURED);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 2, max: 5 }),
        fc.nat(),
        (rows, k, seed) => {
          const [network, head] = [drawRows(rows, k, seed, 8), drawRows(rows, k, seed + 1, 8)];
          const blend = fitClassBlend({ k, truth: drawLabels(network, k, seed), network, head });
          for (const exponent of [blend.network, blend.head])
            expect(exponent >= 0 && exponent <= 3).toBe(true);
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });

  it('is where the posterior is greatest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (rows, seed) => {
        const [network, head] = [drawRows(rows, 3, seed, 3), drawRows(rows, 3, seed + 1, 3)];
        const truth = drawLabels(head, 3, seed);
        const posterior = (a: number, b: number) => {
          const p = blendClasses({ network: a, head: b }, network, head, 3);
          const prior = 15 * ((a - UNMEASURED.network) ** 2 + (b - UNMEASURED.head) ** 2);
          return truth.reduce((sum, label, r) => sum + Math.log(p[r * 3 + label]!), -prior);
        };
        const blend = fitClassBlend({ k: 3, truth, network, head });
        const best = posterior(blend.network, blend.head);
        for (const [a, b] of [
          [0.01, 0],
          [-0.01, 0],
          [0, 0.01],
          [0, -0.01],
          [0.01, -0.01],
          [-0.01, 0.01],
        ] as const) {
          const near = [blend.network + a, blend.head + b] as const;
          if (Math.min(...near) >= 0 && Math.max(...near) <= 3)
            expect(posterior(...near)).toBeLessThanOrEqual(best + 1e-9);
        }
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it('finds who tells the truth, and leaves honest probabilities nearly as they are', () => {
    const [honest, other] = [drawRows(2000, 3, 1), drawRows(2000, 3, 2)];
    const truth = drawLabels(honest, 3, 3);
    const first = fitClassBlend({ k: 3, truth, network: honest, head: other });
    expect(first.network).toBeGreaterThan(0.9);
    expect(first.network).toBeLessThan(1.1);
    expect(first.head).toBeLessThan(0.05);
    const second = fitClassBlend({ k: 3, truth, network: other, head: honest });
    expect(second.head).toBeGreaterThan(0.9);
    expect(second.network).toBeLessThan(0.05);
  });

  it.each([
    ['flattens what is too certain', 2, 0.5],
    ['sharpens what is not certain enough', 0.5, 2],
  ])('%s', (_, power, expected) => {
    const honest = drawRows(2000, 3, 4, 1);
    const bent = honest.map((value) => value ** power);
    for (let at = 0; at < bent.length; at += 3) {
      const own = bent.subarray(at, at + 3);
      const sum = own[0]! + own[1]! + own[2]!;
      for (let c = 0; c < 3; c++) own[c]! /= sum;
    }
    const { network, head } = fitClassBlend({
      ...{ k: 3, truth: drawLabels(honest, 3, 5) },
      ...{ network: bent, head: bent },
    });
    expect(network + head).toBeGreaterThan(expected * 0.8);
    expect(network + head).toBeLessThan(expected * 1.2);
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
