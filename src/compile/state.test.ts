import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { slow } from '../engine/slow.js';
import { trace } from '../model/trace.js';
import { linear } from '../tasks/index.js';
import { type Compiled, type CompileSpec, compile, lastToken, stateNames, writtenAt } from './index.js';

const compiledFrom = (spec: CompileSpec) =>
  compile({ inputs: 2, examples: 2, precision: 'float64', ...spec });

/** What is written at each token of an episode. */
const look = async (compiled: Compiled) => {
  const request = { episodes: 1, points: 3, seed: 1, stream: random(1, 'state') };
  const episodes = linear({ inputs: 2 }).sample(request);
  const traced = await trace(compiled.model, episodes, stateNames(compiled), slow);
  const written = Array.from({ length: lastToken(compiled) + 1 }, (_, token) =>
    writtenAt(compiled, episodes, token, traced),
  );
  return { episodes, written };
};

describe.each([
  { program: 'gd', steps: 2 },
  { program: 'ridge' },
  { program: 'newton', lambda: 1 },
  { program: 'mesa' },
] as const)('the state of %j', (spec) => {
  const compiled = compiledFrom(spec);

  it('is what exact arithmetic gives, at every token', async () => {
    for (const [token, parts] of (await look(compiled)).written.entries()) {
      for (const { block, layer, values, exact } of parts)
        for (const [i, value] of values.entries()) {
          const error = Math.abs(value - exact[i]!) / compiled.ranges.blocks[block]!;
          expect(error, `${block} in layer ${layer} at token ${token}`).toBeLessThan(1e-6);
        }
    }
  });

  it('begins with the question and ends with the prediction', async () => {
    const { episodes, written: all } = await look(compiled);
    const written = all.at(-1)!;
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
  const { written } = await look(compiledFrom({ program: 'ridge' }));
  // The first question has no example: what is read of examples is zero, and the weights stay as they are.
  expect(written[0]!.map(({ block }) => block)).toEqual(['x', 'token', 'A⁻¹']);
});
