import { describe, expect, it } from 'vitest';
import { transformerConfig } from './config.js';
import { initialise } from './parameters.js';

const config = transformerConfig.parse({ inputs: 2, points: 3, layers: 1, width: 8, heads: 2 });

describe.each(['fan-in', 'uniform-scaling'] as const)('%s', (kind) => {
  const parameters = Object.entries(initialise(config, 1, kind));

  it('starts LayerNorm as itself', () => {
    const [gains, biases] = ['norm.gain', 'norm.bias'].map((end) =>
      parameters.filter(([name]) => name.endsWith(end)),
    );
    expect(gains!.length).toBe(3);
    expect(biases!.length).toBe(3);
    for (const [, { data }] of gains!) expect(data.every((value) => value === 1)).toBe(true);
    for (const [, { data }] of biases!) expect(data.every((value) => value === 0)).toBe(true);
  });

  it('draws the biases of linear layers or leaves them zero', () => {
    for (const [name, { shape, data }] of parameters) {
      if (shape.length !== 1 || name.includes('norm.')) continue;
      const bound = kind === 'fan-in' ? 0 : 1 / Math.sqrt(config.width);
      expect(data.every((value) => Math.abs(value) <= bound)).toBe(true);
      expect(data.every((value) => value === 0)).toBe(kind === 'fan-in');
    }
  });
});

it('heads must share the width, or have one of their own', () => {
  expect(() => transformerConfig.parse({ width: 48, heads: 5 })).toThrow(
    'width must be a multiple of heads, or headWidth be given',
  );
  expect(transformerConfig.parse({ width: 48, heads: 5, headWidth: 9 }).headWidth).toBe(9);
});
