import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { slow } from '../engine/slow.js';
import { trace } from '../model/trace.js';
import { linear } from '../tasks/index.js';
import { type CompileSpec, compile, lastToken, stateNames, writtenAt } from './index.js';

const look = async (spec: CompileSpec, token?: number) => {
  const compiled = compile({ inputs: 2, examples: 2, precision: 'float64', ...spec });
  const request = { episodes: 1, points: 3, seed: 1, stream: random(1, 'state') };
  const episodes = linear({ inputs: 2 }).sample(request);
  const traced = await trace(compiled.model, episodes, stateNames(compiled), slow);
  const written = writtenAt(compiled, episodes, token ?? lastToken(compiled), traced);
  return { compiled, episodes, written };
};

describe.each([
  { program: 'gd', steps: 2 },
  { program: 'ridge' },
  { program: 'newton', lambda: 1 },
  { program: 'mesa' },
] as const)('the state of %j', (spec) => {
  it('is what exact arithmetic gives, at every token', async () => {
    for (let token = 0; token < 5; token++) {
      const { compiled, written } = await look(spec, token);
      for (const { block, layer, values, exact } of written)
        for (const [i, value] of values.entries()) {
          const error = Math.abs(value - exact[i]!) / compiled.ranges.blocks[block]!;
          expect(error, `${block} in layer ${layer} at token ${token}`).toBeLessThan(1e-6);
        }
    }
  });

  it('begins with the question and ends with the prediction', async () => {
    const { compiled, episodes, written } = await look(spec);
    expect(written.find(({ block }) => block === 'x')).toMatchObject({
      layer: -1,
      half: 'prompt',
      exact: [...episodes.x.slice(4, 6)],
    });
    expect(written.at(-1)!.block).toBe(compiled.program.output);
    expect(written.map(({ layer }) => layer)).toEqual(
      written.map(({ layer }) => layer).sort((a, b) => a - b),
    );
  });
});

it('shows a token nothing of what comes later', async () => {
  const { written } = await look({ program: 'ridge' }, 0);
  // The first question has no example: what is read of examples is zero, and the weights stay as they are.
  expect(written.map(({ block }) => block)).toEqual(['x', 'token', 'A⁻¹']);
});
