import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import type { Matrix } from './encode.js';
import { fitProjection, project, randomRotation } from './project.js';

function sample(rows: number, width: number, seed: number): { x: Matrix; y: Float64Array } {
  const stream = random(seed, 'project test');
  const values = Float64Array.from({ length: rows * width }, () => stream.normal());
  const y = Float64Array.from({ length: rows }, (_, r) => values[r * width]! + 0.1 * stream.normal());
  for (let c = 0; c < width; c++) {
    let mean = 0;
    for (let r = 0; r < rows; r++) mean += values[r * width + c]! / rows;
    for (let r = 0; r < rows; r++) values[r * width + c] = values[r * width + c]! - mean;
  }
  return { x: { values, rows, width }, y };
}

describe('projection', () => {
  it('has uncorrelated inputs of mean 0 and mean variance 1, the first with the most variance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom('pca' as const, 'weighted' as const, 'whiten' as const),
        fc.nat(),
        (rows, width, inputs, method, seed) => {
          const { x, y } = sample(rows, width, seed);
          const z = project(fitProjection(x, y, { inputs, method }), x);
          expect(z.width).toBe(Math.min(inputs, width, rows - 1));
          const moment = (a: number, b: number) => {
            let sum = 0;
            for (let r = 0; r < rows; r++)
              sum += (z.values[r * z.width + a]! * z.values[r * z.width + b]!) / rows;
            return sum;
          };
          let total = 0;
          for (let a = 0; a < z.width; a++) {
            total += moment(a, a);
            if (a > 0) expect(moment(a, a)).toBeLessThanOrEqual(moment(a - 1, a - 1) + 1e-6);
            for (let b = 0; b < a; b++) expect(Math.abs(moment(a, b))).toBeLessThan(1e-6);
          }
          expect(total / z.width).toBeCloseTo(1, 6);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('keeps the geometry of the columns where nothing has to go', () => {
    const { x, y } = sample(20, 3, 1);
    const z = project(fitProjection(x, y, { inputs: 8, method: 'pca' }), x);
    const length = (m: Matrix, r: number) => Math.hypot(...m.values.subarray(r * m.width, (r + 1) * m.width));
    const ratios = Array.from({ length: 20 }, (_, r) => length(z, r) / length(x, r));
    for (const ratio of ratios) expect(ratio).toBeCloseTo(ratios[0]!, 9);
  });

  it('puts a column that goes with the target first', () => {
    const { x, y } = sample(40, 30, 2);
    const { weights } = fitProjection(x, y, { inputs: 1 });
    const own = Math.abs(weights.values[0]!);
    for (let c = 1; c < 30; c++) expect(Math.abs(weights.values[c]!)).toBeLessThan(own / 2);
  });

  it('drops what only rounding tells apart, and takes thousands of columns', () => {
    const { x, y } = sample(12, 2, 3);
    const twice = new Float64Array(12 * 4).map((_, i) => x.values[(i >> 2) * 2 + (i & 1)]!);
    expect(fitProjection({ values: twice, rows: 12, width: 4 }, y, { inputs: 8 }).weights.width).toBe(2);
    const wide = sample(40, 3000, 4);
    expect(fitProjection(wide.x, wide.y, { inputs: 8 }).weights.width).toBe(8);
  });
});

it('a random rotation is orthogonal and seeded', () => {
  const q = randomRotation(6, random(1, 'q'));
  expect(q).toEqual(randomRotation(6, random(1, 'q')));
  for (let a = 0; a < 6; a++)
    for (let b = 0; b <= a; b++) {
      let inner = 0;
      for (let i = 0; i < 6; i++) inner += q[a * 6 + i]! * q[b * 6 + i]!;
      expect(inner).toBeCloseTo(a === b ? 1 : 0, 12);
    }
});
