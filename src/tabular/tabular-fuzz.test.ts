import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { IcicleError } from '../core/errors.js';
import type { Cell, Rows } from './memory.js';
import type { TabularTask } from './tabular-task.js';
import { learnRows, numbersOf, predictRows, tinyLearner } from './tiny.test.helper.js';

const learner = tinyLearner();
afterAll(() => learner.release());

const HUGE = [1e300, -1e300, 1.7e308, -1.7e308, 1e-300, 5e-324, 2 ** 53, 2 ** 53 + 2, -0, 1e15, 1e70, 1e-70];
const WORDS = [
  '',
  ' ',
  'NA',
  'none',
  'yes',
  'no',
  'true',
  '__proto__',
  'constructor',
  '1,5',
  '1e400',
  'inf',
  '0x10',
  '2024-02-30',
  'a\nb',
  '"',
  'ü列',
];
const missing = fc.constantFrom<Cell[]>(null, undefined, Number.NaN, '');

type Column = fc.Arbitrary<Cell>;
const ordinary: Column[] = [
  fc.integer({ min: 0, max: 3 }),
  fc.integer(),
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.boolean(),
  fc.constantFrom('a', 'b', 'c'),
  fc.integer({ min: 1, max: 9 }).map((day) => `2024-01-0${day}`),
  fc.integer({ min: -9, max: 9 }).map(String),
];
const odd: Column[] = [
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(...HUGE),
  fc.constantFrom<number[]>(0, 1, Number.POSITIVE_INFINITY),
  fc.constantFrom(...WORDS),
  fc.string({ maxLength: 6, unit: 'binary' }),
  fc.date({ noInvalidDate: false }),
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
  fc.constantFrom<Cell[]>(1, 'x', true),
  fc.constant(7),
  missing,
];
/** What a column of a table is; its cells are drawn from it. */
const columns: fc.Arbitrary<Column> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...ordinary) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const cellsOf = (kind: fc.Arbitrary<Cell>, rows: number) =>
  fc.array(fc.oneof({ weight: 7, arbitrary: kind }, { weight: 1, arbitrary: missing }), {
    minLength: rows,
    maxLength: rows,
  });
const names = fc.constantFrom(...['x', 'id', ' y', '__proto__', 'constructor', 'a, b', '', 'ü']);

interface Case {
  readonly shown: Rows;
  readonly asked: Rows;
  readonly target: string;
  readonly seed: number;
}

const tables: fc.Arbitrary<Case> = fc
  .record({
    kinds: fc.uniqueArray(fc.tuple(names, columns), {
      minLength: 1,
      maxLength: 4,
      selector: ([name]) => name,
    }),
    goal: columns,
    rows: fc.integer({ min: 2, max: 16 }),
    more: fc.integer({ min: 1, max: 3 }),
    target: fc.constantFrom('y', 'y', 'y', 'target', 'hasOwnProperty'),
    seed: fc.nat(),
    others: fc.boolean(),
  })
  .chain(({ kinds, goal, rows, more, target, seed, others }) =>
    fc
      .tuple(
        fc.tuple(...[...kinds, [target, goal] as const].map(([, kind]) => cellsOf(kind, rows))),
        // Rows to predict are drawn as the labelled ones are, or are of any kind.
        fc.tuple(
          ...kinds.map(([, kind]) =>
            cellsOf(others ? fc.oneof(kind, fc.constantFrom<Cell[]>(...HUGE, ...WORDS)) : kind, more),
          ),
        ),
      )
      .map(([shown, asked]) => {
        const all = [...kinds.map(([name]) => name), target];
        const table = (cells: readonly Cell[][]) => Object.fromEntries(cells.map((own, c) => [all[c]!, own]));
        return { shown: table(shown), asked: table(asked), target, seed };
      }),
  );

function qualityOf({ quality }: TabularTask): number[] {
  if (quality === undefined) return [];
  const { score, loss, margin, rmse, coverage = 0 } = quality;
  const compared = [score, loss, ...(rmse === undefined ? [] : [rmse])];
  return [margin, coverage, ...compared.flatMap(({ own, constant, head }) => [own, constant, head])];
}

it('any small table is learned and predicted in finite numbers, or refused in one line', async () => {
  const outcomes = { predicted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(tables, async ({ shown, asked, target, seed }) => {
      try {
        const task = await learnRows(learner, shown, { target, seed, members: 1 });
        const predictions = await predictRows(task, asked);
        const numbers = [...predictions.flatMap(numbersOf), ...qualityOf(task)];
        if (!numbers.every(Number.isFinite)) throw new Error(`not finite: ${numbers}`);
        if (seed % 5 === 0)
          expect(await predictRows(await learner.open(task.save()), asked)).toEqual(predictions);
        outcomes.predicted++;
      } catch (error) {
        if (!(error instanceof IcicleError)) throw error;
        expect(error.message).not.toMatch(/[\n\r]/);
        expect(error.message.length).toBeGreaterThan(20);
        outcomes.refused++;
      }
    }),
    { seed: 1, numRuns: 250 },
  );
  // That neither is all there is.
  expect(outcomes.predicted).toBeGreaterThan(80);
  expect(outcomes.refused).toBeGreaterThan(30);
});
