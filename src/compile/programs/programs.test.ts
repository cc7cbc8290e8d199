import { describe, expect, it } from 'vitest';
import { random } from '../../core/random.js';
import { nodeEngine } from '../../engine/node.js';
import { slow } from '../../engine/slow.js';
import { parseLearner } from '../../learners/registry.js';
import { modelLearner } from '../../model/learner.js';
import { linear } from '../../tasks/index.js';
import { compile } from '../compile.js';
import { answers, interpret } from '../interpret.js';
import { verify } from '../passes/verify.js';
import { tokensIn } from '../program.js';
import { type CompileSpec, programOf } from './index.js';

// Every program on every target that can run it: exact arithmetic, float64 weights and float32 weights, each held against the
// textbook learner. The bounds are those that the larger sizes of compile.slow.test.ts hold too.
const cases: readonly [CompileSpec, { readonly float64: number; readonly float32: number }][] = [
  [
    { program: 'sgd', examples: 1, rate: 0.03, lambda: 0.1 },
    { float64: 1e-8, float32: 5e-4 },
  ],
  [
    { program: 'sgd', target: 'no-norm' },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'sgd', target: 'linear', lambda: 0.1 },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'gd', lambda: 0.1 },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'gd', target: 'relu', lambda: 0.1 },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'gd', target: 'faithful' },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'gd', target: 'mesa' },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [{ program: 'gdpp' }, { float64: 1e-10, float32: 5e-4 }],
  [
    { program: 'gdpp', target: 'no-norm', rate: 0.02, gamma: 0.005 },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [
    { program: 'gdpp', target: 'faithful', gamma: 0 },
    { float64: 1e-10, float32: 5e-4 },
  ],
  [{ program: 'ridge' }, { float64: 1e-10, float32: 5e-4 }],
  [
    { program: 'ridge', lambda: 1 / 16 },
    { float64: 1e-9, float32: 5e-3 },
  ],
  [{ program: 'newton' }, { float64: 1e-10, float32: 5e-3 }],
  [
    { program: 'newton', target: 'faithful' },
    { float64: 1e-9, float32: 5e-3 },
  ],
  [{ program: 'mesa' }, { float64: 1e-10, float32: 5e-4 }],
];

const small = { inputs: 2, examples: 3 };
const prompts = (inputs: number, points: number) =>
  linear({ inputs }).sample({ episodes: 20, points, seed: 7, stream: random(7, 'programs') });

describe.each(cases)('%j', (given, bounds) => {
  const spec = { ...small, ...given };
  const { program } = programOf(spec);
  const episodes = prompts(program.inputs, program.examples + 1);
  const textbook = parseLearner(program.learner);

  it('is the textbook’s formula in exact arithmetic', async () => {
    const { layers } = compile({ ...spec, precision: 'float64' });
    const found = answers(program, interpret(program, layers, episodes));
    const { values } = await textbook.predict(episodes);
    expect(Math.max(...found.map((value, i) => Math.abs(value - values[i]!)))).toBeLessThan(1e-10);
  });

  it.each(['float64', 'float32'] as const)('runs in the forward pass in %s', async (precision) => {
    const { model, budget } = compile({ ...spec, precision });
    const engine = precision === 'float64' ? slow : nodeEngine({ threads: 1 });
    const learner = modelLearner(model.name, model.config, model.parameters, engine);
    const { largest } = await verify(learner, textbook, episodes);
    await learner.release();
    expect(largest).toBeLessThan(bounds[precision]);
    // What was to be expected is no less than what came, and not by orders of magnitude more than is needed.
    expect(largest).toBeLessThan(3 * budget.expected);
  });
});

it('answers after every number of examples, and knows none before the first', async () => {
  const { model } = compile({ program: 'ridge', ...small, precision: 'float64' });
  const learner = modelLearner(model.name, model.config, model.parameters, slow);
  const { values } = await learner.predict(prompts(2, 4));
  for (let e = 0; e < 20; e++) expect(Math.abs(values[4 * e]!)).toBeLessThan(1e-10);
  expect(tokensIn(programOf({ program: 'ridge', ...small }).program)).toBe(7);
});

describe('a wrong spec', () => {
  const message = (spec: object) => {
    try {
      programOf(spec as CompileSpec);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  it.each([
    [{ program: 'rigde' }, /unknown program "rigde": did you mean "ridge"/],
    [{ program: 'ridge', dims: 4 }, /unknown key "dims"/],
    [{ program: 'ridge', rate: 0.1 }, /invalid rate: 0.1: the program ridge has none; it takes lambda/],
    [{ program: 'ridge', lambda: 0 }, /invalid lambda: 0: the program ridge needs a λ greater than 0/],
    [{ program: 'ridge', examples: 0 }, /examples/],
  ])('%j', (spec, expected) => {
    expect(message(spec)).toMatch(expected);
  });
});
