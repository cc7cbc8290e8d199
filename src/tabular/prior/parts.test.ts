import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { permutation, random } from '../../core/random.js';
import { floats } from './arrays.js';
import { binned } from './columns/bins.js';
import { standardise } from './columns/standardise.js';
import { type Warp, warp } from './columns/warps.js';
import { beta, dirichlet, gamma, leaning, logInteger, normals, pickWeighted, sharedBeta } from './draws.js';
import { type MechanismName, mechanisms } from './functions/index.js';
import { average } from './prior.test.helper.js';
import { classOutputs, numberOutput, quickScore } from './quick.js';
import { arrange } from './target/arrange.js';
import { flipLabels } from './target/classes.js';
import { addNoise } from './target/noise.js';

const draws = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);
const variance = (values: readonly number[]): number => {
  const mean = average(values);
  return average(values.map((value) => (value - mean) ** 2));
};

describe('draws', () => {
  test.each([0.2, 1, 3.5])('gamma of shape %d has this mean and variance', (shape) => {
    const stream = random(1, 'gamma', shape);
    const values = draws(20_000, () => gamma(shape, stream));
    // Four standard errors, the fourth moment of a gamma being (3k + 6)k.
    expect(Math.abs(average(values) - shape)).toBeLessThan(4 * Math.sqrt(shape / 20_000));
    const spread = Math.sqrt(((3 * shape + 6) * shape - shape * shape) / 20_000);
    expect(Math.abs(variance(values) - shape)).toBeLessThan(4 * spread);
  });

  test('beta has its mean, also where all mass is at the ends', () => {
    const stream = random(1, 'beta');
    for (const [a, b] of [
      [2, 6],
      [0.5, 0.5],
      [1e-4, 3e-4],
    ] as const) {
      const values = draws(5000, () => beta(a, b, stream));
      expect(values.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(Math.abs(average(values) - a / (a + b))).toBeLessThan(0.03);
    }
    const shared = sharedBeta([0.3, 100], stream);
    expect(draws(50, shared).every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  test('log-uniform whole numbers: k with probability ∝ log((k + 1)/k)', () => {
    const stream = random(1, 'log');
    const values = draws(20_000, () => logInteger([2, 10], stream));
    for (let k = 2; k <= 10; k++) {
      const p = Math.log((k + 1) / k) / Math.log(11 / 2);
      const found = values.filter((value) => value === k).length / values.length;
      expect(Math.abs(found - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 20_000));
    }
  });

  test('weights: shares of a mixture, a leaning that keeps what is excluded out', () => {
    const stream = random(1, 'weights');
    const names = Array.from({ length: 4000 }, () => pickWeighted({ a: 3, b: 0, c: 1 }, stream));
    expect(names).not.toContain('b');
    expect(Math.abs(names.filter((name) => name === 'a').length / 4000 - 0.75)).toBeLessThan(0.03);
    expect(leaning({ a: 1, b: 0 }, [0, 3], stream).b).toBe(0);
    expect(Math.abs(dirichlet(5, 0.7, stream).reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
  });
});

describe('mechanisms', () => {
  const inputs = [0, 1, 2].map((j) => normals(120, random(1, 'inputs', j)));
  const copies = inputs.map((column) => column.slice());

  test.each(Object.keys(mechanisms) as MechanismName[])('%s gives finite columns of rows alone', (name) => {
    for (let i = 0; i < 20; i++) {
      const outputs = mechanisms[name](inputs, 2, random(i, name));
      expect(outputs.length).toBe(2);
      for (const column of outputs) expect(column.length === 120 && column.every(Number.isFinite)).toBe(true);
      expect(inputs).toEqual(copies);
      expect(mechanisms[name](inputs, 2, random(i, name))).toEqual(outputs);
    }
  });

  test.each(Object.keys(mechanisms) as MechanismName[])('%s: equal rows have equal outputs', (name) => {
    const twice = inputs.map((column) => floats(240, (i) => column[i % 120]!));
    for (const column of mechanisms[name](twice, 3, random(3, name)))
      expect(Math.max(...column.slice(0, 120).map((value, i) => Math.abs(value - column[i + 120]!)))).toBe(0);
  });
});

describe('columns', () => {
  test.each<Warp>(['none', 'heavy', 'skewed', 'kumaraswamy', 'rounded', 'piled'])(
    '%s warps keep the order, or turn it',
    (kind) => {
      for (let seed = 0; seed < 20; seed++) {
        const before = normals(80, random(seed, 'column'));
        standardise(before);
        const after = before.slice();
        warp(after, kind, random(seed, kind));
        expect(after.every(Number.isFinite)).toBe(true);
        expect(Math.abs(average(Array.from(after)))).toBeLessThan(1e-9);
        const order = Array.from(before.keys()).sort((a, b) => before[a]! - before[b]!);
        const steps = order.slice(1).map((i, at) => after[i]! - after[order[at]!]!);
        expect(steps.every((step) => step >= 0) || steps.every((step) => step <= 0)).toBe(true);
      }
    },
  );

  test('a constant column standardises to 0; a constant warp leaves what was there', () => {
    const constant = new Float64Array(10).fill(7.3);
    expect(standardise(constant)).toBe(0);
    expect(constant).toEqual(new Float64Array(10));
    for (const kind of ['heavy', 'skewed', 'kumaraswamy', 'rounded', 'piled'] as const) {
      warp(constant, kind, random(1));
      expect(constant).toEqual(new Float64Array(10));
    }
  });

  test('categories: codes below the number of levels, one interval or several a level', () => {
    const column = normals(300, random(1));
    for (let seed = 0; seed < 20; seed++) {
      const codes = binned(column, 5, random(seed, 'bins'));
      expect(codes.every((code) => Number.isInteger(code) && code >= 0 && code < 5)).toBe(true);
    }
  });
});

describe('labels', () => {
  const labels = fc
    .tuple(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 60 }),
      fc.nat(),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([codes, seed, share]) => ({ codes: Int32Array.from(codes), seed, share }));

  test.each([0, 1])('rows are arranged so that every class is labelled, stratified: %d', (stratified) => {
    fc.assert(
      fc.property(labels, ({ codes, seed, share }) => {
        const labelled = Math.min(codes.length - 1, 2 + Math.floor(share * (codes.length - 2)));
        const classes = new Set(codes).size;
        const order = arrange(codes, labelled, { stratified, largest: 1 }, random(seed));
        expect(order === undefined).toBe(classes < 2 || classes > labelled);
        if (order === undefined) return;
        expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from(codes.keys()));
        const first = Array.from(order.slice(0, labelled), (i) => codes[i]!);
        expect(new Set(first).size).toBe(classes);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('a class with nearly all rows is refused', () => {
    const codes = Int32Array.from({ length: 50 }, (_, i) => (i === 3 ? 1 : 0));
    expect(arrange(codes, 20, { stratified: 0, largest: 0.95 }, random(1))).toBeUndefined();
  });

  test('flipped labels are drawn from all', () => {
    const codes = Int32Array.from({ length: 20_000 }, (_, i) => i % 4);
    const before = codes.slice();
    flipLabels(codes, 0.2, random(1));
    // A quarter of those that are drawn anew come out as they were.
    const changed = codes.filter((code, i) => code !== before[i]).length / codes.length;
    expect(Math.abs(changed - 0.15)).toBeLessThan(0.012);
  });

  test.each(['normal', 'heavy', 'growing'] as const)('%s noise is of about its size', (kind) => {
    const latent = normals(5000, random(1, 'latent'));
    const before = latent.slice();
    addNoise([latent], { sigma: 0.3, kind }, random(1, kind));
    const apart = Array.from(latent, (value, i) => Math.abs(value - before[i]!)).sort((a, b) => a - b);
    // Half of a normal's draws are within 0.674 σ.
    expect(apart[2500]! / 0.674).toBeGreaterThan(0.2);
    expect(apart[2500]! / 0.674).toBeLessThan(0.45);
  });
});

describe('the quick learner', () => {
  const columns = [0, 1, 2].map((j) => ({ values: normals(96, random(1, 'quick', j)), levels: 0 }));

  test('finds a line, a step and a category, and nothing in noise', () => {
    const line = columns[0]!.values.map((value, i) => value - columns[1]!.values[i]!);
    expect(quickScore(columns, numberOutput(line))).toBeGreaterThan(0.9);
    const step = Int32Array.from(columns[2]!.values, (value) => (value > 0 ? 1 : 0));
    expect(quickScore(columns, classOutputs(step, 2))).toBeGreaterThan(0.5);
    const codes = Int32Array.from({ length: 96 }, (_, i) => (i * 7) % 3);
    const category = { values: Float64Array.from(codes), levels: 3 };
    expect(quickScore([...columns, category], classOutputs(codes, 3))).toBeGreaterThan(0.6);
    expect(quickScore(columns, numberOutput(normals(96, random(2))))).toBeLessThan(0.15);
  });

  test('does not mind missing cells, constant columns and the order of columns', () => {
    const line = columns[0]!.values.map((value, i) => value - columns[1]!.values[i]!);
    const some = columns.map(({ values }, c) => ({
      values: values.map((value, i) => ((i + c) % 9 === 0 ? Number.NaN : value)),
      levels: 0,
    }));
    const constant = { values: new Float64Array(96).fill(2), levels: 0 };
    const score = quickScore([...some, constant], numberOutput(line));
    expect(score).toBeGreaterThan(0.6);
    const turned = permutation(4, random(1)).map((j) => [...some, constant][j]!);
    expect(quickScore(turned, numberOutput(line))).toBeCloseTo(score, 9);
    expect(quickScore([constant], numberOutput(line))).toBe(0);
  });
});
