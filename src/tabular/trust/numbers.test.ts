import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import { quantileAt } from '../../model/table/config.js';
import {
  blendNumbers,
  fitNumberBlend,
  intervalMargin,
  intervalOf,
  meanOfQuantiles,
  pinballOf,
} from './numbers.js';

const Q = 9;
const stream = random(1, 'numbers');
/** Normal quantiles of a few levels, from sorted draws: enough for these tests. */
const NORMAL = (() => {
  const draws = Float64Array.from({ length: 20_000 }, () => stream.normal()).sort();
  return Array.from({ length: Q }, (_, q) => draws[Math.floor(((q + 0.5) / Q) * draws.length)]!);
})();
/** Quantiles of normal distributions around some means, [rows,Q]. */
const around = (means: readonly number[], deviation = 1): Float64Array =>
  Float64Array.from(means.flatMap((mean) => NORMAL.map((z) => mean + deviation * z)));
const ascending = (values: Float64Array): boolean =>
  values.every((value, i) => i % Q === 0 || value >= values[i - 1]!);

describe('the pinball loss', () => {
  it('is as its formula says', () => {
    // Levels 1/4 and 3/4; truth 2: over- and underestimated.
    expect(pinballOf(Float64Array.from([1, 5]), [2], 2)).toBeCloseTo((0.25 * 1 + 0.25 * 3) / 2, 12);
    expect(pinballOf(Float64Array.from([3, 1]), [2], 2)).toBeCloseTo((0.75 * 1 + 0.75 * 1) / 2, 12);
  });

  it('of the same number at all levels is half the mean absolute error', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.integer({ min: -99, max: 99 })), {
          minLength: 1,
        }),
        (pairs) => {
          const flat = Float64Array.from(pairs.flatMap(([value]) => new Array<number>(Q).fill(value)));
          const absolute =
            pairs.reduce((sum, [value, truth]) => sum + Math.abs(truth - value), 0) / pairs.length;
          const truth = pairs.map(([, y]) => y);
          expect(pinballOf(flat, truth, Q)).toBeCloseTo(absolute / 2, 10);
        },
      ),
      { seed: 1 },
    );
  });

  it('is least for the quantiles of the truth itself', () => {
    const truth = Array.from({ length: 2000 }, () => stream.normal());
    const own = pinballOf(around(truth.map(() => 0)), truth, Q);
    for (const [mean, deviation] of [
      [0.3, 1],
      [-0.3, 1],
      [0, 1.5],
      [0, 0.6],
    ] as const)
      expect(own).toBeLessThan(
        pinballOf(
          around(
            truth.map(() => mean),
            deviation,
          ),
          truth,
          Q,
        ),
      );
  });
});

describe('the blend of numbers', () => {
  it('ascends where the network’s quantiles do, whatever the head misses by', () => {
    const list = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(list, fc.nat(), (truth, seed) => {
        const own = random(seed);
        const head = Float64Array.from(truth, (y) => y + 10 * own.normal());
        const network = around(
          truth.map(() => own.normal()),
          own.uniform() * 5,
        );
        const blend = fitNumberBlend({ q: Q, truth, network, head }, 3);
        expect(blend.share >= 0 && blend.share <= 1).toBe(true);
        expect(ascending(blend.errors)).toBe(true);
        expect(ascending(blendNumbers(blend, network, head, Q))).toBe(true);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('is the mean of both quantile functions, and each at its end', () => {
    const errors = Float64Array.from(NORMAL);
    const [network, head] = [around([1, 2]), Float64Array.from([5, 7])];
    expect(blendNumbers({ share: 1, errors }, network, head, Q)).toEqual(network);
    blendNumbers({ share: 0, errors }, network, head, Q).forEach((value, i) => {
      expect(value).toBeCloseTo(head[Math.floor(i / Q)]! + NORMAL[i % Q]!, 12);
    });
    blendNumbers({ share: 0.25, errors }, network, head, Q).forEach((value, i) => {
      const own = [1, 2][Math.floor(i / Q)]! + NORMAL[i % Q]!;
      expect(value).toBeCloseTo(0.25 * own + 0.75 * (head[Math.floor(i / Q)]! + NORMAL[i % Q]!), 12);
    });
  });

  it('finds who is nearer to the truth', () => {
    const means = Array.from({ length: 300 }, () => 5 * stream.normal());
    const truth = means.map((mean) => mean + stream.normal());
    const good = { network: around(means), head: Float64Array.from(means) };
    const bad = {
      network: around(
        means.map(() => 0),
        5,
      ),
      head: new Float64Array(300),
    };
    expect(fitNumberBlend({ q: Q, truth, network: good.network, head: bad.head }, 5).share).toBeGreaterThan(
      0.9,
    );
    expect(fitNumberBlend({ q: Q, truth, network: bad.network, head: good.head }, 5).share).toBeLessThan(0.1);
  });

  it('leans on the network without held-out labels, and takes errors of one deviation', () => {
    const none = new Float64Array();
    const { share, errors } = fitNumberBlend({ q: 199, truth: [], network: none, head: none }, 4);
    expect(share).toBeGreaterThan(0.6);
    expect(share).toBeLessThan(0.75);
    expect(errors[99]).toBeCloseTo(0, 12);
    const variance = errors.reduce((sum, value) => sum + value * value, 0) / 199;
    expect(Math.sqrt(variance)).toBeGreaterThan(3.7);
    expect(Math.sqrt(variance)).toBeLessThan(4.1);
  });

  it('errors of few labels spread further than they do, around the same middle', () => {
    const head = Float64Array.from([0, 0, 0, 0, 0]);
    const truth = [9, 9.5, 10, 11, 12];
    const { errors } = fitNumberBlend({ q: 199, truth, network: new Float64Array(5 * 199), head }, 1);
    const own = Float64Array.from(truth);
    expect(errors[99]).toBeCloseTo(10, 12);
    for (const at of [20, 60, 140, 180])
      expect(errors[at]! - 10).toBeCloseTo(1.6 * (quantileAt((at + 0.5) / 199, own) - 10), 9);
  });

  it('few labels that tell nothing leave the share near where it began', () => {
    const truth = [0, 1];
    const { share } = fitNumberBlend(
      { q: Q, truth, network: around(truth), head: Float64Array.from([0.5, 0.6]) },
      1,
    );
    expect(share).toBeGreaterThan(0.4);
    expect(share).toBeLessThan(0.95);
  });

  it('is finite where the head hits every label', () => {
    const truth = [1, 2, 3];
    const blend = fitNumberBlend({ q: Q, truth, network: around(truth), head: Float64Array.from(truth) }, 1);
    expect(blend.share).toBeLessThan(0.01);
    expect([...blend.errors]).toEqual(new Array(Q).fill(0));
  });
});

describe('intervals', () => {
  it('lie between the quantiles of their level', () => {
    const quantiles = Float64Array.from({ length: 10 }, (_, q) => q + 0.5);
    expect(intervalOf(quantiles, 0.8)).toEqual([1, 9].map((value) => expect.closeTo(value, 9)));
    expect(intervalOf(quantiles, 0.5)).toEqual([2.5, 7.5].map((value) => expect.closeTo(value, 9)));
  });

  it('move by the order statistic that conformalised quantile regression says', () => {
    // Every interval is [0, 0]; the labels lie 1 … 19 outside.
    const quantiles = new Float64Array(19 * Q);
    const truth = Array.from({ length: 19 }, (_, i) => i + 1);
    expect(intervalMargin(quantiles, truth, Q, 0.9)).toBe(18);
    expect(intervalMargin(quantiles, truth, Q, 0.95)).toBe(19);
    expect(intervalMargin(quantiles, truth, Q, 0.5)).toBe(10);
    expect(intervalMargin(quantiles.subarray(Q), truth.slice(1), Q, 0.95)).toBeUndefined();
    expect(intervalMargin(new Float64Array(), [], Q, 0.9)).toBeUndefined();
    // 30 · 0.9 is 27, 100 · 0.55 a little more than 55.
    const many = Array.from({ length: 99 }, (_, i) => i + 1);
    expect(intervalMargin(new Float64Array(99 * Q), many, Q, 0.55)).toBe(55);
  });

  it('are narrowed where they were too wide', () => {
    const truth = Array.from({ length: 50 }, () => 0.1 * stream.normal());
    expect(intervalMargin(around(truth.map(() => 0)), truth, Q, 0.8)).toBeLessThan(-0.5);
  });

  it.each([0.5, 0.8, 0.9])('hold %s of exchangeable labels, even of quantiles that are wrong', (level) => {
    const [tasks, held, asked] = [300, 40, 20];
    let inside = 0;
    for (let task = 0; task < tasks; task++) {
      const own = random(task, 'task');
      const means = Array.from({ length: held + asked }, () => own.normal());
      const truth = means.map((mean) => mean + own.normal() * (1 + Math.abs(mean)));
      const quantiles = around(means, task % 2 ? 0.2 : 3);
      const margin = intervalMargin(quantiles.subarray(0, held * Q), truth.slice(0, held), Q, level)!;
      for (let r = held; r < held + asked; r++) {
        const [low, high] = intervalOf(quantiles.subarray(r * Q, (r + 1) * Q), level);
        if (truth[r]! >= low - margin && truth[r]! <= high + margin) inside++;
      }
    }
    const rate = inside / (tasks * asked);
    const error = (3 * 0.14) / Math.sqrt(tasks); // as in classes.test.ts
    expect(rate).toBeGreaterThan(level - error);
    expect(rate).toBeLessThan(level + 1 / 41 + error);
  });
});

it('the mean of a distribution is that of its quantiles', () => {
  expect(meanOfQuantiles(Float64Array.from([1, 2, 6]))).toBeCloseTo(3, 12);
});
