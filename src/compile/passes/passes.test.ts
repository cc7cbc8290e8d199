import { describe, expect, it } from 'vitest';
import { erfValue } from '../../graph/ops/erf.js';
import { type CompileSpec, programOf } from '../programs/index.js';
import { inAttention, readsOf } from '../raw.js';
import { targetOf } from '../targets.js';
import { allocate } from './allocate.js';
import { schedule } from './schedule.js';
import { productUnits } from './units.js';

const specs: CompileSpec[] = [
  { program: 'ridge', inputs: 3, examples: 4 },
  { program: 'sgd', inputs: 2, examples: 3, lambda: 0.1 },
  { program: 'gd', inputs: 2, examples: 3, target: 'faithful' },
  { program: 'gd', inputs: 2, examples: 3, target: 'relu', lambda: 0.1 },
  { program: 'newton', inputs: 3, examples: 3 },
];

describe.each(specs)('%j', (spec) => {
  const { program } = programOf(spec);
  const target = targetOf(spec.target ?? 'faithful');
  const layers = schedule(program);
  const slotOf = new Map<number, number>();
  for (const [l, { attention, mlp }] of layers.entries()) {
    for (const i of attention) slotOf.set(i, 2 * l);
    for (const i of mlp) slotOf.set(i, 2 * l + 1);
  }

  it('does every instruction once, in attention or MLP as it must', () => {
    expect([...slotOf.keys()].sort((a, b) => a - b)).toEqual(program.instructions.map((_, i) => i));
    for (const [i, slot] of slotOf) expect(slot % 2).toBe(inAttention(program.instructions[i]!) ? 0 : 1);
  });

  it('reads what was written before, and nothing that is written later', () => {
    for (const [i, raw] of program.instructions.entries())
      for (let j = 0; j < i; j++) {
        const before = program.instructions[j]!;
        const atOnce = raw.together === true && slotOf.get(j) === slotOf.get(i);
        if (readsOf(raw).includes(before.w) && !atOnce) expect(slotOf.get(j)!).toBeLessThan(slotOf.get(i)!);
        if (readsOf(before).includes(raw.w)) expect(slotOf.get(j)!).toBeLessThanOrEqual(slotOf.get(i)!);
      }
  });

  it('divides in MLPs that do nothing else', () => {
    for (const { mlp } of layers) {
      const stars = new Set(mlp.map((i) => program.instructions[i]!.star));
      if (stars.has('÷')) expect([...stars]).toEqual(['÷']);
    }
  });

  it('gives rows to one living block at a time', () => {
    const { rows, held, pads, width, names } = allocate(program, layers, target);
    for (const blocks of held) {
      const taken = [...blocks.flatMap((block) => rows[block]!), ...pads];
      expect(new Set(taken).size).toBe(taken.length);
      expect(Math.max(...taken)).toBeLessThan(width);
    }
    // All that a layer's MLP reads is there.
    for (const [l, { mlp }] of layers.entries())
      for (const i of mlp)
        for (const block of readsOf(program.instructions[i]!)) expect(held[l]).toContain(block);
    expect(names.at(-1)!.filter((name) => name === program.output)).toHaveLength(1);
  });
});

it('needs fewer layers than the paper’s chains', () => {
  // Theorem 1: 9 layers; Theorem 2: 14 for an example, and those of each further one are repeated.
  const layersOf = (spec: CompileSpec) => schedule(programOf(spec).program).length;
  expect(layersOf({ program: 'sgd', inputs: 4, examples: 1 })).toBe(4);
  expect(layersOf({ program: 'ridge', inputs: 4, examples: 1 })).toBe(6);
  expect(layersOf({ program: 'ridge', inputs: 4, examples: 8 })).toBe(34);
});

describe('units', () => {
  const gelu = (z: number) => 0.5 * z * (1 + erfValue(z * Math.SQRT1_2));
  const even = (z: number) => gelu(z) + gelu(-z);

  it('a product is as exact as it says, to less than 1e-13 in float64', () => {
    const { scales, error } = productUnits('float64');
    let worst = 0;
    for (let i = -10; i <= 10; i++)
      for (let j = -10; j <= 10; j++) {
        const [a, b] = [i / 10, j / 10];
        const product = scales.reduce(
          (sum, { scale, weight }) =>
            sum +
            ((weight * Math.sqrt(Math.PI / 2) * scale ** 2) / 4) *
              (even((a + b) / scale) - even((a - b) / scale)),
          0,
        );
        worst = Math.max(worst, Math.abs(product - a * b));
      }
    expect(worst).toBeLessThan(1e-13);
    expect(worst).toBeLessThan(error);
    expect(worst).toBeGreaterThan(error / 100);
  });

  it('pass numbers through unchanged', () => {
    for (const z of [0, 1e-8, 0.3, 2, 50, 1e6])
      expect(gelu(z) - gelu(-z)).toBeCloseTo(z, 12 - Math.log10(Math.max(1, z)));
  });
});
