import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import { type Cells, classCodes, type EncodedCells, fitCells, momentsOf, type NumberCode } from './encode.js';

const column = (values: readonly number[], category = false): Cells => ({
  ...{ rows: values.length, columns: 1, x: Float64Array.from(values) },
  kinds: [category ? { kind: 'category', levels: 9 } : { kind: 'number' }],
});
const asked = (values: readonly number[]) => ({ rows: values.length, x: Float64Array.from(values) });
const encode = (shown: readonly number[], values: readonly number[], code: NumberCode): EncodedCells =>
  fitCells(column(shown), random(1), code)(asked(values));

const NUMBERS = [
  1e300,
  -1e300,
  1.7e308,
  -1.7e308,
  1e-300,
  -1e-300,
  5e-324,
  2 ** 53,
  2 ** 53 - 1,
  0,
  -0,
  0.1,
  1e15,
];
const number = fc.oneof(
  fc.constantFrom(...NUMBERS),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -3, max: 3 }),
);
const numbers = fc.array(number, { minLength: 1, maxLength: 15 });
const cells = fc.array(fc.oneof(number, fc.constant(Number.NaN)), { minLength: 1, maxLength: 15 });
const codes = fc.constantFrom<NumberCode>('standard', 'rank');

describe('codes of numbers', () => {
  it('are of mean 0 and deviation 1 on the labelled rows', () => {
    for (const code of ['standard', 'rank'] as const) {
      const shown = [3, 1, 4, 1, 5, 9, 2, 6];
      const { values } = encode(shown, shown, code);
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
      expect(values.reduce((sum, value) => sum + value * value, 0) / 8).toBeCloseTo(1, 5);
    }
    expect([...encode([1, 3], [1, 3, 2, 5], 'standard').values]).toEqual([-1, 1, 0, 3]);
  });

  it('never sort two numbers the other way round', () => {
    fc.assert(
      fc.property(numbers, numbers, codes, (shown, others, code) => {
        const all = [...shown, ...others];
        const { values } = encode(shown, all, code);
        const order = all.map((_, i) => i).sort((a, b) => all[a]! - all[b]!);
        expect(order.every((at, i) => i === 0 || values[at]! >= values[order[i - 1]!]!)).toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('are finite and bounded whatever the numbers, and 0 where one is missing', () => {
    fc.assert(
      fc.property(cells, cells, codes, (shown, others, code) => {
        const all = [...shown, ...others];
        const { values, missing, categories } = encode(shown, all, code);
        expect(values.every((value) => Math.abs(value) <= 8)).toBe(true);
        expect(values.every((value, i) => value === 0 || missing[i] === 0)).toBe(true);
        expect(categories.every((flag) => flag === 0)).toBe(true);
        // Where no labelled row has a number, ranks say nothing.
        if (shown.some((cell) => !Number.isNaN(cell)))
          expect([...missing]).toEqual(all.map((cell) => (Number.isNaN(cell) ? 1 : 0)));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('tell numbers at the ends of float64 apart', () => {
    for (const unit of [1e300, 1e-300, 5e307])
      for (const code of ['standard', 'rank'] as const) {
        const own = encode([unit, 2 * unit, 3 * unit], [unit, 2.5 * unit], code).values;
        const plain = encode([1, 2, 3], [1, 2.5], code).values;
        own.forEach((value, i) => {
          expect(value).toBeCloseTo(plain[i]!, 5);
        });
      }
    const { values, missing } = encode([-1.7e308, 1.7e308], [-1.7e308, 1e308, 1.7e308], 'rank');
    expect(missing.every((flag) => flag === 0)).toBe(true);
    expect(values[1]! > values[0]! && values[1]! < values[2]!).toBe(true);
  });

  it('of ranks: equal numbers are alike, the middle is 0, and only the order counts', () => {
    const { values } = encode([1, 1, 2, 3, 3], [1, 2, 3, -50, 50], 'rank');
    expect(values[1]).toBeCloseTo(0, 6);
    expect(values[0]).toBeCloseTo(-values[2]!, 6);
    // Beyond the labelled ones there is no rank.
    expect([values[3], values[4]]).toEqual([values[0], values[2]]);
    const bent = encode([1, 1, 2, 3, 3].map(Math.exp), [1, 2, 3].map(Math.exp), 'rank').values;
    bent.forEach((value, i) => {
      expect(value).toBeCloseTo(values[i]!, 6);
    });
  });

  it('of ranks: between two labelled numbers in proportion', () => {
    const { values } = encode([0, 10], [0, 2.5, 10], 'rank');
    expect(values[1]! - values[0]!).toBeCloseTo((values[2]! - values[0]!) / 4, 6);
  });

  it('of a column that is always the same are 0 for it', () => {
    for (const code of ['standard', 'rank'] as const)
      for (const value of [0, 7, 0.1, 1e300])
        expect(encode([value, value, Number.NaN, value], [value], code).values[0]).toBeCloseTo(0, 9);
  });

  it('keep differences that are small beside the mean, such as seconds of a time in nanoseconds', () => {
    const start = 1.7e18;
    const { values } = encode(
      [start, start + 1e9, start + 2e9],
      [start, start + 1e9, start + 2e9],
      'standard',
    );
    expect([...values]).toEqual([-1.2247, 0, 1.2247].map((value) => expect.closeTo(value, 3)));
  });
});

describe('codes of categories', () => {
  it('are one number a level, of mean 0 and deviation 1; what no labelled row has is missing', () => {
    const shown = [4, 4, 7, 2, 7, 7];
    const { values, missing, categories } = fitCells(
      column(shown, true),
      random(2),
    )(asked([...shown, 3, Number.NaN]));
    const own = values.subarray(0, 6);
    expect(new Set(own).size).toBe(3);
    expect(own[0]).toBe(own[1]);
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
    expect(own.reduce((sum, value) => sum + value * value, 0) / 6).toBeCloseTo(1, 5);
    expect([...missing]).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
    expect([...values.subarray(6)]).toEqual([0, 0]);
    expect(categories.every((flag) => flag === 1)).toBe(true);
  });

  it('are in an order that the seed draws', () => {
    const shown = [0, 1, 2, 3, 4, 5];
    const order = (seed: number) => [...fitCells(column(shown, true), random(seed))(asked(shown)).values];
    expect(order(1)).toEqual(order(1));
    expect(new Set(Array.from({ length: 9 }, (_, seed) => `${order(seed)}`)).size).toBeGreaterThan(5);
  });
});

it('codes are fitted on labelled rows: asked ones change nothing for one another', () => {
  fc.assert(
    fc.property(cells, cells, cells, codes, (shown, first, second, code) => {
      const encoded = fitCells(column(shown), random(1), code);
      const together = encoded(asked([...first, ...second])).values;
      expect(together.subarray(0, first.length)).toEqual(encoded(asked(first)).values);
      expect(together.subarray(first.length)).toEqual(encoded(asked(second)).values);
    }),
    { seed: 1, numRuns: 200 },
  );
});

it('columns are coded each for itself', () => {
  const both: Cells = {
    ...{ rows: 3, columns: 2, x: Float64Array.from([1, 5, 2, Number.NaN, 3, 5]) },
    kinds: [{ kind: 'number' }, { kind: 'category', levels: 6 }],
  };
  const { values, missing, categories } = fitCells(both, random(1))(both);
  const own = encode([1, 2, 3], [1, 2, 3], 'standard').values;
  expect([values[0], values[2], values[4]]).toEqual([...own]);
  expect([...missing]).toEqual([0, 0, 0, 1, 0, 0]);
  expect([...categories]).toEqual([0, 1, 0, 1, 0, 1]);
});

describe('moments', () => {
  it('are those of the values that are there', () => {
    expect(momentsOf(Float64Array.from([1, Number.NaN, 3]))).toEqual({ mean: 2, deviation: 1 });
    expect(momentsOf(Float64Array.from([Number.NaN]))).toEqual({ mean: 0, deviation: 1 });
    expect(momentsOf(new Float64Array())).toEqual({ mean: 0, deviation: 1 });
    expect(momentsOf(Float64Array.from([5, 5]))).toEqual({ mean: 5, deviation: 1 });
    // A deviation that float64 does not reach.
    expect(momentsOf(Float64Array.from([0, 0, 0, 5e-324]))).toEqual({ mean: 0, deviation: 1 });
  });

  it('scale with the values, from one end of float64 to the other', () => {
    for (const unit of [1e-300, 1e-160, 1, 1e160, 1e300, 5e307]) {
      const { mean, deviation } = momentsOf(Float64Array.from([unit, 3 * unit]));
      expect([mean / unit, deviation / unit]).toEqual([2, 1].map((value) => expect.closeTo(value, 9)));
    }
  });
});

describe('codes of classes', () => {
  const dot = (all: Float32Array, length: number, a: number, b: number) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += all[a * length + i]! * all[b * length + i]!;
    return sum / length;
  };

  it('are orthogonal as far as there are dimensions, each of the same length', () => {
    for (const [classes, length] of [
      [4, 4],
      [3, 16],
      [16, 16],
      [40, 8],
    ] as const) {
      const all = classCodes(classes, length, random(1, classes));
      for (let a = 0; a < classes; a++) {
        expect(dot(all, length, a, a)).toBeCloseTo(1, 5);
        for (let b = 0; b < Math.min(a, length); b++)
          if (a < length) expect(dot(all, length, a, b)).toBeCloseTo(0, 5);
          else expect(Math.abs(dot(all, length, a, b))).toBeLessThan(1);
      }
    }
  });
});
