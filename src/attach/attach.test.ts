import fc from 'fast-check';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import { ridge } from '../learners/ridge.js';
import { linear } from '../tasks/index.js';
import { relativeError } from '../testing/compare.js';
import { SAME_FORMULA } from '../testing/tolerances.js';
import { attach } from './attach.js';
import { asTheyAre, drawn } from './data.test.helper.js';
import { ngramEncoder } from './ngrams.js';
import type { AttachedClass, AttachedNumber } from './prediction.js';
import { promptLearner } from './prompt-learner.js';

const numbers = attach(asTheyAre, { task: 'numbers' });
const classes = attach(asTheyAre, { task: 'classes' });
const singles = (labels: readonly (readonly number[])[]) => labels.map(([value]) => value!);
const words = (labels: readonly (readonly number[])[]) =>
  labels.map(([value]) => (value! > 2.5 ? 'high' : value! > 1.5 ? 'middle' : 'low'));

describe('learns', () => {
  it('as the textbook learner does', async () => {
    const { vectors, labels, queries } = drawn({ rows: 20, width: 5, queries: 1 }, 1);
    const task = await attach(asTheyAre, { task: 'numbers', lambda: 0.4 }).context(vectors, singles(labels));
    const [prediction] = await task.predict(queries);
    const { values } = await ridge({ lambda: 0.4, intercept: true }).predict({
      x: Float64Array.from([...vectors, ...queries].flatMap((vector) => [...vector])),
      y: Float64Array.of(...singles(labels), 0),
      episodes: 1,
      points: 21,
      inputs: 5,
      family: 'test',
      seed: 0,
    });
    expect(Math.abs(prediction!.value - values.at(-1)!)).toBeLessThan(SAME_FORMULA);
  });

  it('prompts, prefix by prefix, as the textbook learner does', async () => {
    const stream = random(3, 'prompts');
    const family = linear({ inputs: 4, noise: 0.3 });
    const episodes = family.sample({ episodes: 3, points: 9, seed: 3, stream });
    const learner = promptLearner(attach(asTheyAre, { task: 'numbers', lambda: 0.4 }));
    const [own, textbook] = await Promise.all(
      [learner, ridge({ lambda: 0.4, intercept: true })].map((one) => one.predict(episodes)),
    );
    const asked = (values: Float64Array) => values.filter((_, at) => at % 9 > 1);
    expect(relativeError(asked(own!.values), asked(textbook!.values))).toBeLessThan(SAME_FORMULA);
  });

  it('several numbers at once as each alone, under one λ', async () => {
    const { vectors, labels, queries } = drawn({ rows: 12, width: 20, outputs: 3 }, 2);
    const options = { task: 'numbers', lambda: 2 } as const;
    const together = await (await attach(asTheyAre, options).context(vectors, labels)).predict(queries);
    for (let k = 0; k < 3; k++) {
      const one = labels.map((row) => row[k]!);
      const alone = await (await attach(asTheyAre, options).context(vectors, one)).predict(queries);
      for (const [i, { values, intervals }] of together.entries()) {
        expect(values[k]).toBeCloseTo(alone[i]!.value, 10);
        expect(intervals[k]![1]).toBeCloseTo(alone[i]!.interval[1], 10);
      }
    }
  });

  it.each(['ridge', 'logistic'] as const)('classes by %s, in any order of examples', async (solver) => {
    const { vectors, labels, queries } = drawn({ rows: 24, width: 10 }, 3);
    const learner = attach(asTheyAre, { task: 'classes', solver });
    const named = words(labels);
    const task = await learner.context(vectors, named);
    const turned = await learner.context(vectors.toReversed(), named.toReversed());
    const [here, there] = [await task.predict(queries), await turned.predict(queries)];
    for (const [i, { probabilities, label }] of here.entries()) {
      expect(Object.values(probabilities).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(there[i]!.label).toBe(label);
      for (const name of task.classes)
        expect(there[i]!.probabilities[name]).toBeCloseTo(probabilities[name]!, 6);
    }
    expect(task.leaveOneOut).toHaveProperty('accuracy');
    expect(task.audit().deviation).toBeLessThan(1e-9);
  });

  it('an example that is taken back has no say in how wide intervals are', async () => {
    const { vectors, labels, queries } = drawn({ rows: 12, width: 6 }, 9);
    const numbers = labels.map(([label], i) => (i === 3 ? 1000 : label!));
    const learner = attach(asTheyAre, { task: 'numbers' });
    const widthOf = async (task: Awaited<ReturnType<typeof learner.context>>) => {
      const [{ interval }] = (await task.predict(queries)) as [AttachedNumber];
      return interval[1] - interval[0];
    };
    const task = await learner.context(vectors, numbers);
    await widthOf(task);
    const without = task.remove([3]);
    expect(await widthOf(without)).toBeLessThan(10 * (await widthOf(without.retune())));
    // Of forgotten classes one may be all that is left: its examples can be taken back.
    const forgetful = attach(asTheyAre, { task: 'classes', forget: 0.5 });
    const both = await forgetful.context(vectors, ['b', ...Array.from({ length: 11 }, () => 'a')]);
    const more = Array.from({ length: 60 }, (_, i) => vectors[i % 12]!);
    const one = await both.add(
      more,
      more.map(() => 'a'),
    );
    expect(one.remove([0]).examples).toBe(one.examples - 1);
  });

  it('the condition of logistic regression is that of its weighted system', async () => {
    const { vectors, labels } = drawn({ rows: 24, width: 5 }, 8);
    const task = await attach(asTheyAre, { task: 'classes', lambda: 0.3 }).context(vectors, words(labels));
    const fitted = await task.predict(vectors);
    const x = new Matrix(vectors.map((vector) => [...vector]));
    const conditions = task.classes.map((name) => {
      const p = fitted.map(({ scores }) => 1 / (1 + Math.exp(-scores[name]!)));
      const weight = Matrix.rowVector(p.map((share) => share * (1 - share)));
      const mean = weight.mmul(x).div(weight.sum());
      const centred = Matrix.sub(x, Matrix.ones(24, 1).mmul(mean));
      const moments = centred.transpose().mmul(Matrix.diag(weight.to1DArray())).mmul(centred);
      const { realEigenvalues } = new EigenvalueDecomposition(moments, { assumeSymmetric: true });
      return (Math.max(...realEigenvalues) + 0.3) / (Math.min(...realEigenvalues) + 0.3);
    });
    expect(task.audit().condition).toBeCloseTo(Math.max(...conditions), 5);
  });

  it('vectors of length 1 where asked to', async () => {
    const { vectors, labels, queries } = drawn({ rows: 10, width: 6 }, 4);
    const options = { task: 'numbers', unit: true } as const;
    const task = await attach(asTheyAre, options).context(vectors, singles(labels));
    const longer = vectors.map((vector, i) => vector.map((value) => value * (i + 1)));
    const same = await attach(asTheyAre, options).context(longer, singles(labels));
    const [a, b] = [await task.predict(queries), await same.predict(queries)];
    for (const [i, { value }] of a.entries()) expect(b[i]!.value).toBeCloseTo(value, 10);
  });
});

describe('goes on learning', () => {
  it.each(['numbers', 'classes'] as const)('%s: what is added and removed was never there', async (kind) => {
    const { vectors, labels, queries } = drawn({ rows: 20, width: 30 }, 5);
    const named = kind === 'numbers' ? singles(labels) : words(labels);
    const learner = attach<Float64Array, typeof kind>(asTheyAre, { task: kind, lambda: 1.5 });
    const task = await learner.context(vectors, named);
    const more = await task.add(queries.slice(0, 3), named.slice(0, 3));
    const over = await learner.context(
      [...vectors, ...queries.slice(0, 3)],
      [...named, ...named.slice(0, 3)],
    );
    expect(more.examples).toBe(23);
    expect(apart(await more.predict(queries), await over.predict(queries))).toBeLessThan(1e-9);
    const back = more.remove([20, 21, 22]);
    expect(apart(await back.predict(queries), await task.predict(queries))).toBeLessThan(1e-9);
  });

  it('chooses λ again when asked to, and by itself when examples have grown by a quarter', async () => {
    const { vectors, labels } = drawn({ rows: 40, width: 8 }, 6);
    const y = singles(labels);
    const task = await numbers.context(vectors.slice(0, 16), y.slice(0, 16));
    const few = await task.add(vectors.slice(16, 18), y.slice(16, 18));
    expect(few.lambda).toBe(task.lambda);
    const over = await numbers.context(vectors.slice(0, 18), y.slice(0, 18));
    expect(few.retune().lambda).toBeCloseTo(over.lambda, 10);
    const many = await few.add(vectors.slice(18), y.slice(18));
    expect(many.lambda).toBeCloseTo((await numbers.context(vectors, y)).lambda, 10);
  });

  it('as the first page of the documentation does', async () => {
    const learner = attach(ngramEncoder(), { task: 'classes' });
    let task = await learner.context(
      ['Parcel never came', 'Where is my order?', 'Cannot log in', 'Password reset fails'],
      ['delivery', 'delivery', 'account', 'account'],
    );
    expect((await task.predict(['My parcel is late']))[0]!.label).toBe('delivery');
    task = await task.add(['Log in page is blank'], ['account']);
    const [parcel, login] = await task.predict(['My parcel is late', 'Log in again']);
    expect([parcel!.label, login!.label]).toEqual(['delivery', 'account']);
  });

  it('forgets what drifts away', async () => {
    const { vectors, labels, queries } = drawn({ rows: 80, width: 3, noise: 0.05 }, 7);
    // Half-way through, the task turns around.
    const y = singles(labels).map((value, i) => (i < 40 ? value : -value));
    const error = async (forget: number) => {
      const task = await attach(asTheyAre, { task: 'numbers', forget }).context(
        vectors.slice(0, 60),
        y.slice(0, 60),
      );
      const later = await task.add(vectors.slice(60), y.slice(60));
      const all = await attach(asTheyAre, { task: 'numbers', forget }).context(vectors, y);
      const [predicted, whole] = [await later.predict(queries), await all.predict(queries)];
      expect(apart(predicted, whole)).toBeLessThan(1e-9);
      const { truths } = drawn({ rows: 80, width: 3, noise: 0.05 }, 7);
      return predicted.reduce((sum, { value }, i) => sum + (value + truths[i]![0]!) ** 2, 0);
    };
    expect(await error(0.8)).toBeLessThan(0.1 * (await error(1)));
    const one = await attach(asTheyAre, { task: 'numbers', forget: 0.01 }).context(vectors, y);
    expect(one.examples).toBeLessThan(10);
  });
});

describe('knows what it cannot know', () => {
  const at = (j: number) => new Float64Array(6).map((_, i) => (i === j ? 1 : 0));
  it.each([true, false])('with a constant: %s', async (intercept) => {
    const learner = attach(asTheyAre, { task: 'classes', intercept });
    const task = await learner.context([at(0), at(1), at(2)], ['a', 'b', 'b']);
    const [seen, unseen, mixed, nothing] = (await task.predict([
      at(0),
      at(4),
      at(0).map((value, i) => value + at(4)[i]!),
      new Float64Array(6),
    ])) as [AttachedClass, AttachedClass, AttachedClass, AttachedClass];
    expect(seen.cannotKnow).toBe(false);
    expect(unseen).toMatchObject({ known: 0, cannotKnow: true });
    expect(nothing.cannotKnow).toBe(true);
    expect(mixed.cannotKnow).toBe(false);
    expect(mixed.known).toBeLessThan(seen.known);
  });

  it.each([true, false])(
    'and what a constant answers at zero, more dimensions than examples: %s',
    async (wide) => {
      const numbered = Array.from({ length: 5 }, (_, i) => (wide ? [i, 0, 0, 0, 0, 0] : [i]));
      const task = await numbers.context(
        numbered.map((row) => Float64Array.from(row)),
        [5, 6, 7, 8, 9],
      );
      const [zero] = await task.predict([Float64Array.from(numbered[0]!)]);
      expect(zero!.cannotKnow).toBe(false);
      expect(zero!.known).toBeGreaterThan(0.9);
      expect(zero!.value).toBeCloseTo(5, 1);
    },
  );

  it('and is less sure the farther it is asked', async () => {
    const { vectors, labels, queries } = drawn({ rows: 30, width: 4 }, 8);
    const task = await numbers.context(vectors, singles(labels));
    const far = queries[0]!.map((value) => 50 * value);
    const [near, away] = (await task.predict([queries[0]!, far])) as [AttachedNumber, AttachedNumber];
    expect(away.interval[1] - away.interval[0]).toBeGreaterThan(2 * (near.interval[1] - near.interval[0]));
  });
});

it.each(['ridge', 'logistic'] as const)('explains predictions by %s', async (solver) => {
  const { vectors, labels, queries } = drawn({ rows: 15, width: 20 }, 9);
  const order = singles(labels).toSorted((a, b) => a - b);
  const named = singles(labels).map(
    (value) => ['low', 'middle', 'high'][Math.floor(order.indexOf(value) / 5)]!,
  );
  const learner = attach(asTheyAre, { task: 'classes', solver, lambda: 3 });
  const task = await learner.context(vectors, named);
  const [influences] = await task.explain(queries.slice(0, 1));
  const [whole] = await task.predict(queries.slice(0, 1));
  expect(influences).toHaveLength(15);
  const [said, done]: [number[], number[]] = [[], []];
  for (const { example, influence } of influences!) {
    const [without] = await task.remove([example]).predict(queries.slice(0, 1));
    for (const [k, name] of task.classes.entries()) {
      said.push(influence[k]!);
      done.push(whole!.scores[name]! - without!.scores[name]!);
    }
  }
  // Of logistic regression to first order.
  expect(relativeError(said, done)).toBeLessThan(solver === 'ridge' ? 1e-9 : 0.2);
});

describe('never gives NaN', () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
    fc.constantFrom(0, 0, 1e-200, 1e12, -1e12, 1 / 3),
  );
  it('whatever finite vectors and labels come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 6 }).chain((rows) =>
          fc.record({
            vectors: fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), {
              minLength: rows,
              maxLength: rows,
            }),
            labels: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: rows, maxLength: rows }),
            query: fc.array(value, { minLength: 3, maxLength: 3 }),
            intercept: fc.boolean(),
            solver: fc.constantFrom('ridge' as const, 'logistic' as const),
          }),
        ),
        async ({ vectors, labels, query, intercept, solver }) => {
          const encode = (rows: readonly (readonly number[])[]) => rows.map((row) => Float64Array.from(row));
          const task = await attach(encode, { task: 'numbers', intercept }).context(vectors, labels);
          const [number] = (await task.predict([query])) as [AttachedNumber];
          expect([number.value, ...number.interval, number.known].some(Number.isNaN)).toBe(false);
          if (new Set(labels).size < 2) return;
          const named = await attach(encode, { task: 'classes', intercept, solver }).context(vectors, labels);
          const [{ probabilities, known }] = (await named.predict([query])) as [AttachedClass];
          expect([...Object.values(probabilities), known].every(Number.isFinite)).toBe(true);
        },
      ),
      { numRuns: 150, seed: 11 },
    );
  });

  it('of examples that are all the same vector: the mean, and it says that it knows no more', async () => {
    const same = [0, 0, 0, 0].map(() => Float64Array.of(0.1, 0.7, -0.3));
    const task = await numbers.context(same, [1, 2, 3, 6]);
    const [here, there] = (await task.predict([same[0]!, Float64Array.of(1, 1, 1)])) as [
      AttachedNumber,
      AttachedNumber,
    ];
    expect(here.value).toBeCloseTo(3, 6);
    expect(there.value).toBeCloseTo(3, 6);
    expect(there.known).toBeLessThan(1e-6);
  });
});

describe('refuses', () => {
  const two = [Float64Array.of(1, 0), Float64Array.of(0, 1)];
  it.each([
    ['one example', () => numbers.context(two.slice(0, 1), [1]), 'missing examples: at least 2'],
    ['no example', () => numbers.context([], []), 'missing examples'],
    ['one class', () => classes.context(two, ['a', 'a']), 'with one class there is nothing to tell apart'],
    ['labels too few', () => numbers.context(two, [1]), 'give one for each of the 2 inputs'],
    ['a word for a number', () => numbers.context(two, ['a', 'b']), 'for words use the task classes'],
    ['a label that is no number', () => numbers.context(two, [1, Number.NaN]), 'it must be a finite number'],
    [
      'a length that changes',
      () => numbers.context([two[0]!, Float64Array.of(1)], [1, 2]),
      'changed the size of its output',
    ],
    [
      'NaN',
      () => numbers.context([two[0]!, Float64Array.of(1, Number.NaN)], [1, 2]),
      'output is not finite: number 1 of input 1 is NaN',
    ],
    [
      'numbers whose products are too large',
      () => numbers.context([two[0]!, two[0]!.map(() => -1e155)], [1, 2]),
      'too large: up to 1e+155, and float64 ends at the fourth power of 1e+70',
    ],
    [
      'numbers whose products vanish',
      () => numbers.context([two[0]!.map(() => 1e-90), two[0]!.map(() => -1e-80)], [1, 2]),
      'too small: at most 1e-80',
    ],
    [
      'vectors of nothing',
      () => numbers.context([new Float64Array(0), new Float64Array(0)], [1, 2]),
      'vectors of no numbers',
    ],
    ['λ of 0', async () => attach(asTheyAre, { task: 'numbers', lambda: 0 }), 'invalid λ: 0'],
    ['an unknown task', async () => attach(asTheyAre, { task: 'words' as never }), 'use classes or numbers'],
    [
      'forgetting everything',
      async () => attach(asTheyAre, { task: 'numbers', forget: 0 }),
      'greater than 0 and at most 1',
    ],
  ])('%s', async (_name, run, message) => {
    await expect(run).rejects.toThrow(message);
  });

  it.each([null, undefined, Number.NaN, { a: 1 }, ['b']])('%j as a class', async (label) => {
    const labels = ['a', label as never, 'b'];
    await expect(classes.context([...two, two[0]!], labels)).rejects.toThrow(
      /^invalid label of example 1: .*leave out examples whose label is missing$/,
    );
    await expect(classes.context([...two, two[0]!], labels.toReversed())).rejects.toThrow(
      'label of example 1',
    );
    await expect(classes.context(two, [label as never, 'b'])).rejects.toThrow('label of example 0');
    await expect((await classes.context(two, ['a', 'b'])).add([two[0]!], [label as never])).rejects.toThrow(
      'label of example 0',
    );
  });

  it('classes of two types, and numbers of none', async () => {
    await expect(classes.context(two, [1, '1'])).rejects.toThrow('it is a string, others are a number');
    await expect((await classes.context(two, [1, 2])).add([two[0]!], ['1'])).rejects.toThrow(
      'it is a string, others are a number',
    );
    await expect(numbers.context(two, [[], []])).rejects.toThrow('give at least one number');
    expect((await classes.context(two, [true, false])).classes).toEqual(['true', 'false']);
  });

  it.each([
    ['nothing', () => undefined, 'the encoder gave undefined'],
    ['a flat array', () => Float64Array.of(1, 2), 'the encoder gave one flat array of numbers'],
    ['numbers for vectors', () => [1, 2], 'gave a number for input 0'],
    ['texts for vectors', () => ['1', '2'], 'gave a string for input 0'],
    ['promises', () => [Promise.resolve([1]), Promise.resolve([2])], 'wait for all of them with Promise.all'],
    ['a shape alone', () => ({ shape: [2, 1] }), 'the encoder gave an object'],
  ])('an encoder that gives %s', async (_name, encoder, message) => {
    const learner = attach(encoder as never, { task: 'numbers' });
    await expect(learner.context(['a', 'b'] as never, [1, 2])).rejects.toThrow(message);
  });

  it('what is no encoder, no options and no list', async () => {
    expect(() => attach(undefined as never, { task: 'numbers' })).toThrow('give a function from inputs');
    expect(() => attach(asTheyAre, undefined as never)).toThrow('missing options');
    const task = await numbers.context(two, [1, 2]);
    await expect(numbers.context('ab' as never, [1, 2])).rejects.toThrow('invalid inputs: "ab"');
    await expect(numbers.context(two, undefined as never)).rejects.toThrow('invalid labels');
    await expect(task.predict('ab' as never)).rejects.toThrow('give a list, even of one');
    await expect(task.explain('ab' as never)).rejects.toThrow('give a list, even of one');
    await expect(task.add(two[0] as never, 1 as never)).rejects.toThrow('invalid labels');
    expect(() => task.remove(0 as never)).toThrow('invalid indices: 0: give a list');
  });

  it('an encoder whose size changes later, a class that was not there, and to be left with one example', async () => {
    let width = 2;
    const learner = attach(
      (rows: readonly number[]) => rows.map((row) => new Float64Array(width).fill(row)),
      { task: 'classes' },
    );
    const task = await learner.context([1, 2], ['a', 'b']);
    await expect(task.add([3], ['c'])).rejects.toThrow('for a new class begin again');
    expect(() => task.remove([0])).toThrow('at least 2 must stay');
    const three = await learner.context([1, 2, 3], ['a', 'b', 'b']);
    expect(() => three.remove([0])).toThrow('at least one of each of two classes must stay');
    expect(three.remove([1]).examples).toBe(2);
    expect(() => task.remove([5])).toThrow('there are 2, counted from 0');
    width = 3;
    await expect(task.predict([1])).rejects.toThrow('3 numbers an input now, 2 before');
  });

  it('more numbers than fit', async () => {
    const huge = { shape: [2, 2 ** 28], data: { length: 2 ** 29 } };
    await expect(attach(() => huge, { task: 'numbers' }).context([1, 2], [1, 2])).rejects.toThrow(
      'at most 268435456 numbers',
    );
  });
});

function apart(
  a: readonly (AttachedClass | AttachedNumber)[],
  b: readonly (AttachedClass | AttachedNumber)[],
): number {
  const flat = (predictions: typeof a) =>
    predictions.flatMap((one) =>
      'value' in one ? [...one.values, ...one.interval] : Object.values(one.scores),
    );
  return relativeError(flat(a), flat(b));
}
