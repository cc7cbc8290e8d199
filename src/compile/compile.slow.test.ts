import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { nodeEngine } from '../engine/node.js';
import { slow } from '../engine/slow.js';
import { parseLearner } from '../learners/registry.js';
import { modelLearner } from '../model/learner.js';
import { linear } from '../tasks/index.js';
import { compile } from './compile.js';
import { verify } from './passes/verify.js';
import type { CompileSpec } from './programs/index.js';

// The sizes that the paper's theorems are held to, on a thousand fresh episodes each.
const cases: readonly [CompileSpec, { readonly float64: number; readonly float32: number }][] = [
  [
    { program: 'sgd', inputs: 8, examples: 1 },
    { float64: 1e-8, float32: 5e-4 },
  ],
  [
    { program: 'ridge', inputs: 4, examples: 8, lambda: 0.5 },
    { float64: 1e-7, float32: 5e-4 },
  ],
  [
    { program: 'ridge', inputs: 8, examples: 8, lambda: 0.5 },
    { float64: 1e-7, float32: 5e-4 },
  ],
  [
    { program: 'ridge', inputs: 4, examples: 8, lambda: 1 / 16 },
    { float64: 1e-7, float32: 5e-3 },
  ],
  [
    { program: 'gd', inputs: 4, examples: 8, target: 'linear' },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'gd', inputs: 4, examples: 8, target: 'relu' },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'newton', inputs: 4, examples: 8 },
    { float64: 1e-10, float32: 5e-3 },
  ],
  [
    { program: 'mesa', inputs: 4, examples: 8 },
    { float64: 1e-10, float32: 5e-4 },
  ],
];

describe.each(cases)('%j', (spec, bounds) => {
  it.each(['float64', 'float32'] as const)('%s', { timeout: 1_800_000 }, async (precision) => {
    const { program, model } = compile({ ...spec, precision });
    const learner = modelLearner(
      model.name,
      model.config,
      model.parameters,
      precision === 'float64' ? slow : nodeEngine(),
    );
    const request = { episodes: 1000, points: program.examples + 1, seed: 2 };
    const episodes = linear({ inputs: program.inputs }).sample({ ...request, stream: random(2, 'theorems') });
    const { largest } = await verify(learner, parseLearner(program.learner), episodes);
    await learner.release();
    expect(largest).toBeLessThan(bounds[precision]);
  });
});
