import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { slow } from '../engine/slow.js';
import { modelLearner } from '../model/learner.js';
import { makeModel, readModel } from '../model/model.js';
import { linear } from '../tasks/index.js';
import { compile, planOf } from './compile.js';
import { answers, interpret } from './interpret.js';
import { assemble } from './passes/assemble.js';
import { verify } from './passes/verify.js';
import { type Program, program } from './program.js';
import { programOf } from './programs/index.js';
import { identity, inner } from './sparse.js';

const message = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('a program that no setting can run', () => {
  it('is refused with the reason and the nearest that works', () => {
    const spec = { program: 'ridge', inputs: 2, examples: 3, lambda: 1e-5 } as const;
    const said = message(() => compile(spec));
    expect(said).toMatch(
      /cannot be compiled for the target "faithful" in float32 to within 1.0e-2: an error of/,
    );
    expect(said).toMatch(/The nearest that works: a tolerance of .*, or the precision float64, where/);
    expect(message(() => compile({ ...spec, precision: 'float64' }))).toBe('');
    const needed = Number(/a tolerance of (\S+?),/.exec(said)![1]);
    expect(message(() => compile(spec, { tolerance: needed }))).toBe('');
  });
});

describe('a program that cannot run on a target', () => {
  const wrong = program(
    { name: 'wrong', inputs: 2, examples: 2, learner: 'zero' },
    ({ x, block, mov, div, mul, attend }) => {
      const [a, b, c] = [block('a', 1), block('b', 1), block('c', 3)];
      mul(a, x, b, inner(2));
      mov(c, x, 1);
      div(a, a, a, { plus: 1 });
      attend(
        c,
        { block: x, matrix: identity(2) },
        {
          query: [{ block: 'z', matrix: identity(2) }],
          key: [{ block: x, matrix: identity(2) }],
          score: 'plain',
        },
      );
      mul(x, x, x, [[0, 0, 7]]);
      return c;
    },
  );

  it('is refused with all the reasons at once', () => {
    const said = message(() => planOf(wrong, 'no-norm', 'float64'));
    for (const reason of [
      'nothing is ever in block "b"',
      'the prediction "c" has 3 numbers, not 1',
      'instruction 1 (mul into "a") reads "b" before anything is in it',
      'instruction 2 (mov into "c") reads "x" of an example, which is not zero at the questions’ tokens',
      'instruction 3 (div into "a") divides, which needs LayerNorm: the target "faithful" has it',
      'instruction 4 (attend into "c") names a block "z" that is not there',
      'instruction 4 (attend into "c") sums over the examples with linear attention',
      'instruction 5 (mul into "x") writes to the prompt itself',
      'instruction 5 (mul into "x") reads beyond the 2 numbers of "x"',
    ])
      expect(said).toContain(reason);
  });

  it('says which program has two blocks of a name', () => {
    expect(
      message(() =>
        program(
          { name: 'twice', inputs: 1, examples: 1, learner: 'zero' },
          ({ block }) => block('a', 1) + block('a', 1),
        ),
      ),
    ).toBe('program twice: two blocks are called "a"');
  });
});

it('gives the same weights again, as a model that files hold', () => {
  const spec = { program: 'gd', inputs: 2, examples: 2, precision: 'float64' } as const;
  const [one, two] = [compile(spec), compile(spec)];
  expect(one.model.hash).toBe(two.model.hash);
  const opened = readModel(one.files['model.json'], one.files['model.safetensors'], 'compiled');
  expect(opened).toEqual(one.model);
  expect(opened.provenance.kind).toBe('compiled');
});

/** Straight-line programs over a few blocks, whatever they compute. */
const straightLine = fc
  .array(
    fc.record({
      kind: fc.constantFrom('new', 'add', 'aff', 'square', 'div', 'relu', 'mov' as const),
      a: fc.nat(30),
      b: fc.nat(30),
      into: fc.nat(30),
      scale: fc.constantFrom(-0.5, 0.25, 0.7),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map(
    (steps): Program =>
      program(
        { name: 'random', inputs: 2, examples: 2, learner: 'zero' },
        ({ x, y, block, mov, aff, mul, div, relu }) => {
          const paired = block('p', 2);
          mov(paired, x, 'question');
          // All of size 2.
          const own = [block('w', 2, [0.3, -0.2])];
          const readable = () => [x, paired, ...own];
          for (const [k, { kind, a, b, into, scale }] of steps.entries()) {
            const pick = (i: number) => readable()[i % readable().length]!;
            const target =
              kind === 'new' || kind === 'mov' || kind === 'div'
                ? block(`b${k}`, 2)
                : own[into % own.length]!;
            if (kind === 'mov') mov(target, paired, a % 2, scale);
            else if (kind === 'aff') aff(target, pick(a), identity(2, scale), [0.1, 0]);
            else if (kind === 'relu') relu(target, pick(a), identity(2), identity(2, scale));
            else if (kind === 'div') {
              const norm = block(`n${k}`, 1);
              mul(norm, pick(b), pick(b), inner(2));
              div(target, pick(a), norm, { plus: 1, scale });
            } else
              mul(target, pick(a), pick(b), [
                [0, 0, 1, scale],
                [1, 1, 1, -scale],
              ]);
            if (!own.includes(target)) own.push(target);
          }
          const answer = block('answer', 1);
          mov(answer, y, 0);
          aff(answer, own.at(-1)!, [
            [0, 0, 1],
            [0, 1, 1],
          ]);
          return answer;
        },
      ),
  );

it('takes what does not depend on precision from its twin, and from no other program', () => {
  const spec = { program: 'ridge', inputs: 2, examples: 2 } as const;
  const twin = compile({ ...spec, precision: 'float64' });
  expect(compile(spec, { twin }).model.hash).toBe(compile(spec).model.hash);
  const looser = { ...spec, lambda: 2 };
  const wider = { ...spec, family: { family: 'scaled-inputs', by: 2, of: 'linear' } };
  for (const other of [looser, wider])
    expect(compile(other, { twin }).model.hash).toBe(compile(other).model.hash);
  let least = Number.POSITIVE_INFINITY;
  compile(spec, { twin, progress: (_, total) => (least = Math.min(least, total)) });
  // Without runs for the ranges.
  expect(least).toBeLessThan(256);
});

it('any straight line of primitives becomes weights that compute the same', async () => {
  const episodes = linear({ inputs: 2 }).sample({
    episodes: 4,
    points: 3,
    seed: 1,
    stream: random(1, 'straight'),
  });
  await fc.assert(
    fc.asyncProperty(
      straightLine,
      fc.constantFrom('faithful' as const, 'no-norm' as const),
      async (line, target) => {
        const divides = line.instructions.some(({ star }) => star === '÷');
        const plan = planOf(line, divides ? 'faithful' : target, 'float64');
        // Squares of squares leave what float64 can hold.
        fc.pre(Object.values(plan.ranges.blocks).every((range) => range < 1e3));
        const { config, parameters } = assemble(plan);
        const { model } = makeModel('random', config, parameters, {
          kind: 'compiled',
          specHash: '',
          spec: {},
        });
        const found = await modelLearner('random', model.config, model.parameters, slow).predict(episodes);
        const exact = answers(line, interpret(line, plan.layers, episodes));
        const scale = Math.max(...Object.values(plan.ranges.blocks));
        // The budget looks at 8 episodes, of which none may be as bad as these; the rest is rounding of what cancels.
        const bound = 10 * plan.budget.expected + 1e-12 * scale;
        for (const [i, value] of exact.entries())
          expect(Math.abs(found.values[i]! - value)).toBeLessThan(bound);
      },
    ),
    { numRuns: 40, seed: 11 },
  );
}, 60_000);

describe('what a program cannot be, and prompts that are not its own', () => {
  const never = { name: 'p', inputs: 2, examples: 2, learner: 'zero' };

  it('with softmax, only what is zero at labels can be read from the question before', () => {
    const shifted = program(never, ({ x, block, mov, aff }) => {
      const [s, p] = [block('s', 1), block('p', 1)];
      aff(s, x, [[0, 0, 1]], [0.5]);
      mov(p, s, 'question');
      return p;
    });
    expect(message(() => planOf(shifted, 'no-norm', 'float64'))).toContain(
      'must be zero at the labels’ tokens',
    );
    expect(message(() => planOf(shifted, 'linear', 'float64'))).toBe('');
  });

  it('a program whose numbers do not stay finite is refused, with the block', () => {
    const divides = program(never, ({ x, block, mul, div }) => {
      const [n, a] = [block('n', 1), block('a', 2)];
      mul(n, x, x, inner(2));
      div(a, x, n);
      const answer = block('answer', 1);
      mul(answer, a, x, inner(2));
      return answer;
    });
    expect(message(() => planOf(divides, 'faithful', 'float64'))).toMatch(
      /does not stay finite: "a", "answer"/,
    );
  });

  it('too many constants, and more layers than a model has, are refused', () => {
    const many = program(never, ({ block, aff }) => {
      const a = block('a', 1);
      aff(a, undefined, [], [1, 5]);
      return a;
    });
    expect(message(() => planOf(many, 'faithful', 'float64'))).toContain(
      'adds 2 constants to the 1 numbers of "a"',
    );
    expect(message(() => compile({ program: 'gd', inputs: 1, examples: 1, steps: 256 }))).toMatch(
      /takes \d+ layers of width/,
    );
  });

  it('prompts of another size are not interpreted', () => {
    const { program: ridge } = programOf({ program: 'ridge', inputs: 2, examples: 3 });
    const episodes = linear({ inputs: 2 }).sample({
      episodes: 1,
      points: 2,
      seed: 1,
      stream: random(1, 'short'),
    });
    expect(message(() => interpret(ridge, [], episodes))).toMatch(
      /unsupported prompts: .*prompts of 4 points of 2 inputs/,
    );
  });

  it('what is not a number is the largest error', async () => {
    const episodes = linear({ inputs: 1 }).sample({
      episodes: 1,
      points: 3,
      seed: 1,
      stream: random(1, 'nan'),
    });
    const saying = (values: number[]) => ({
      name: 'said',
      predict: async () => ({ values: Float64Array.from(values), episodes: 1, points: 3 }),
    });
    const found = await verify(saying([0, Number.NaN, 0.1]), saying([0, 0, 0]), episodes);
    expect(found).toMatchObject({ largest: Number.POSITIVE_INFINITY, examples: 1 });
  });
});
