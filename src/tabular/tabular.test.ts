import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { random } from '../core/random.js';
import type { ContextOptions } from './context-options.js';
import { type Cell, type Rows, tableOf } from './memory.js';
import { openTable } from './read.js';
import { collect, refusal, sampleCsv, scratch } from './table.test.helper.js';
import type { TabularTask } from './tabular-task.js';
import { learnRows, numbersOf, predictRows, tinyLearner } from './tiny.test.helper.js';

const learner = tinyLearner();
afterAll(() => learner.release());
const file = scratch();
const learn = (rows: Rows, options: Partial<ContextOptions> = {}) =>
  learnRows(learner, rows, { target: 'y', members: 2, ...options });

type Row = Record<string, Cell>;
const stream = random(1, 'tabular');
const rowsOf = (count: number, row: (r: number) => Row): Row[] =>
  Array.from({ length: count }, (_, r) => row(r));
/** x, a category, a number without meaning, and what follows from them. */
const drawn = (count: number, target: (x: number, kind: string) => Cell): Row[] =>
  rowsOf(count, (r) => {
    const [x, kind] = [stream.normal(), 'abc'[r % 3]!];
    return { x, kind, noise: r % 7 ? stream.normal() : null, y: target(x, kind) };
  });
const numberRows = drawn(60, (x, kind) => 3 * x + (kind === 'a' ? 2 : 0) + 0.3 * stream.normal());
const classRows = drawn(60, (x, kind) =>
  x + 0.5 * stream.normal() > 0.8 ? 'high' : kind === 'b' ? 'low' : 'middle',
);
const asked = drawn(150, () => null);

/** Largest difference between predictions, in units of 1 for probabilities and of the labels' deviation for numbers. */
async function apart(task: TabularTask, one: Rows, other: Rows, order = (r: number) => r): Promise<number> {
  const [a, b] = [await predictRows(task, one), await predictRows(task, other)];
  expect(a.length).toBe(b.length);
  return a.reduce((most, prediction, r) => {
    const others = numbersOf(b[order(r)]!);
    return numbersOf(prediction).reduce(
      (worst, value, i) => Math.max(worst, Math.abs(value - others[i]!)),
      most,
    );
  }, 0);
}

describe.each([
  ['numbers', numberRows],
  ['classes', classRows],
] as const)('a table of %s', (kind, rows) => {
  let task: TabularTask;
  beforeAll(async () => {
    task = await learn(rows);
  });

  it('gives the same numbers again', async () => {
    const again = await learn(rows);
    expect(again.quality).toEqual(task.quality);
    expect(await predictRows(again, asked)).toEqual(await predictRows(task, asked));
  });

  it('gives the same from rows as objects and from columns', async () => {
    const columns = (all: readonly Row[]) =>
      Object.fromEntries(Object.keys(rows[0]!).map((name) => [name, all.map((row) => row[name])]));
    const again = await learn(columns(rows));
    expect(await predictRows(again, columns(asked))).toEqual(await predictRows(task, asked));
  });

  it('gives other numbers under another seed', async () => {
    const other = await learn(rows, { seed: 2 });
    expect(await predictRows(other, asked.slice(0, 2))).not.toEqual(
      await predictRows(task, asked.slice(0, 2)),
    );
  });

  it('predicts a row whatever rows are beside it, before it and after it', async () => {
    expect(await apart(task, asked, [...asked].reverse(), (r) => asked.length - 1 - r)).toBeLessThan(1e-5);
    const alone: number[][] = [];
    for (const row of asked) alone.push(...(await predictRows(task, [row])).map(numbersOf));
    (await predictRows(task, asked)).forEach((prediction, r) => {
      numbersOf(prediction).forEach((value, i) => {
        expect(Math.abs(value - alone[r]![i]!)).toBeLessThan(1e-5);
      });
    });
  });

  it('does not look at the target of rows to predict, nor at columns that were not learned from', async () => {
    const more = asked.map((row, r) => ({ other: r, y: r, ...row }));
    expect(await predictRows(task, more)).toEqual(await predictRows(task, asked));
  });

  it('finds columns by name, in any order', async () => {
    const turned = asked.map(({ x, kind: c, noise }) => ({ noise, kind: c, x }));
    expect(await predictRows(task, turned)).toEqual(await predictRows(task, asked));
  });

  it('tells the labelled rows that a prediction leaned on', async () => {
    for (const { nearest } of await predictRows(task, asked)) {
      expect(nearest).toHaveLength(3);
      expect(new Set(nearest.map(({ line }) => line)).size).toBe(3);
      expect(nearest.every(({ line }) => line >= 1 && line <= 60)).toBe(true);
      const weights = nearest.map(({ weight }) => weight);
      expect(weights).toEqual([...weights].sort((a, b) => b - a));
      expect(weights.reduce((a, b) => a + b)).toBeLessThanOrEqual(1 + 1e-9);
      expect(weights[0]).toBeGreaterThanOrEqual(1 / 60);
    }
  });

  it('warns of categories that no labelled row has, and of rows that are far from all', async () => {
    const warnings = (
      await predictRows(task, [
        ...[
          { x: 0, kind: 'a', noise: 0 },
          { x: 0, kind: 'new', noise: 0 },
        ],
        ...[
          { x: 1e6, kind: 'a', noise: 0 },
          { x: null, kind: null, noise: null },
        ],
      ])
    ).map((prediction) => prediction.warnings);
    expect(warnings).toEqual([
      ...[[], ['"kind" is none that a labelled row has'], ['far from every labelled row'], []],
    ]);
  });

  it('refuses rows to predict that lack a column, or have words among numbers', async () => {
    expect((await refusal(() => predictRows(task, [{ X: 1, kind: 'a', noise: 0 }]))).message).toMatch(
      /^missing column "x" in the rows to predict: is it "X" there\? /,
    );
    expect((await refusal(() => predictRows(task, [{ x: 'oops', kind: 'a', noise: 0 }]))).message).toMatch(
      /^text in numeric column "x": "oops" on line 1 of the rows to predict: /,
    );
    expect((await refusal(() => predictRows(task, []))).message).toMatch(
      /^empty table: the rows to predict are none/,
    );
  });

  it('predicts rows whose cells are all missing, or numbers that no float32 holds', async () => {
    const odd = [
      { x: null, kind: null, noise: null },
      { x: 1e308, kind: 'a', noise: -1e308 },
      { x: 1e-320, kind: '', noise: 0 },
    ];
    for (const prediction of await predictRows(task, odd))
      expect(numbersOf(prediction).every(Number.isFinite)).toBe(true);
  });

  it('predicts the rows of a file that lack the target, at most so many', async () => {
    const source = tableOf([...rows.slice(0, 3), ...asked.slice(0, 100)]);
    const some = (await collect(task.predictTable(source, { only: 'unlabelled', most: 70 }))).flat();
    expect(some.map(({ row }) => row.line)).toEqual(Array.from({ length: 70 }, (_, i) => i + 4));
    expect(some.map(({ prediction }) => prediction.kind === 'number')).toEqual(
      new Array(70).fill(kind === 'numbers'),
    );
    expect((await collect(task.predictTable(source))).flat()).toHaveLength(103);
  });

  it('knows how good it is: on what a linear head can tell, better than the constant', () => {
    expect(task.quality).toMatchObject({ rows: 60 });
    expect(task.quality!.score.own).toBeGreaterThan(task.quality!.score.constant + 0.1);
    expect(task.learned.fallback).toBeUndefined();
  });

  it('says the constant where there is nothing to tell', async () => {
    const noise = rows.map((row, r) => ({ ...row, y: rows[(r * 17 + 5) % 60]!.y }));
    const { learned, warnings } = await learn(noise);
    if (learned.fallback !== undefined) expect(warnings).toContain(learned.fallback);
    // Whether it falls back or not, it is not much worse than the constant.
    expect(learned.quality!.loss.own).toBeLessThan(1.1 * learned.quality!.loss.constant + 1e-9);
  });
});

describe('predictions of classes', () => {
  it('are probabilities of all classes, a label that has the greatest, and a set that holds it', async () => {
    const predictions = await predictRows(await learn(classRows), asked);
    for (const prediction of predictions) {
      if (prediction.kind !== 'classes') throw new Error('no classes');
      const { probabilities, probability, label, set } = prediction;
      expect(Object.keys(probabilities)).toEqual(['high', 'low', 'middle']);
      const values = Object.values(probabilities);
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
      expect(values.every((value) => value >= 0)).toBe(true);
      expect(probability).toBe(Math.max(...values));
      expect(probabilities[label]).toBe(probability);
      expect(set).toContain(label);
    }
  });

  it('abstain where the label is more likely to be wrong than was asked', async () => {
    const predictions = await predictRows(await learn(classRows, { abstain: 0.4 }), asked);
    const abstained = predictions.filter((one) => one.abstained).length;
    expect(abstained).toBeGreaterThan(0);
    expect(abstained).toBeLessThan(asked.length);
    for (const one of predictions)
      expect(one.abstained).toBe(one.kind === 'classes' && 1 - one.probability > 0.4);
    expect((await predictRows(await learn(classRows), asked)).some((one) => one.abstained)).toBe(false);
  });

  it('have wider sets at a higher level', async () => {
    const sizes = await Promise.all(
      [0.5, 0.8, 0.95].map(async (level) => {
        const predictions = await predictRows(await learn(classRows, { level }), asked);
        return predictions.reduce((sum, one) => sum + (one.kind === 'classes' ? one.set!.length : 0), 0);
      }),
    );
    expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    expect(sizes[2]).toBeGreaterThan(sizes[0]!);
  });

  it('name classes as every object’s own properties, and booleans by their text', async () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty'];
    const [first] = await predictRows(await learn(rowsOf(30, (r) => ({ x: r % 7, y: names[r % 3] }))), [
      { x: 1 },
    ]);
    if (first?.kind !== 'classes') throw new Error('no classes');
    expect(Object.keys(first.probabilities)).toEqual(names);
    expect(names).toContain(first.label);
    const [second] = await predictRows(await learn(rowsOf(30, (r) => ({ x: r % 7, y: r % 3 === 0 }))), [
      { x: 1 },
    ]);
    expect(Object.keys((second as typeof first).probabilities)).toEqual(['false', 'true']);
  });
});

describe('predictions of numbers', () => {
  it('are a mean, quantiles that ascend, and an interval around their middle', async () => {
    for (const one of await predictRows(await learn(numberRows), asked)) {
      if (one.kind !== 'number') throw new Error('no number');
      const quantiles = Object.values(one.quantiles);
      expect(Object.keys(one.quantiles)).toEqual(['0.05', '0.1', '0.25', '0.5', '0.75', '0.9', '0.95']);
      expect(quantiles).toEqual([...quantiles].sort((a, b) => a - b));
      const [low, high] = one.interval;
      expect(low).toBeLessThanOrEqual(one.quantiles['0.5']!);
      expect(high).toBeGreaterThanOrEqual(one.quantiles['0.5']!);
    }
  });

  it('abstain where the interval is wider than was asked, in deviations of the labels', async () => {
    const labels = numberRows.map(({ y }) => y as number);
    const mean = labels.reduce((a, b) => a + b) / 60;
    const deviation = Math.sqrt(labels.reduce((sum, y) => sum + (y - mean) ** 2, 0) / 60);
    const widths = (await predictRows(await learn(numberRows), asked)).map((one) =>
      one.kind === 'number' ? (one.interval[1] - one.interval[0]) / 2 / deviation : 0,
    );
    const middle = [...widths].sort((a, b) => a - b)[75]! * 1.0001;
    const abstaining = await predictRows(await learn(numberRows, { abstain: middle }), asked);
    expect(abstaining.map((one) => one.abstained)).toEqual(widths.map((width) => width > middle));
  });

  it('have wider intervals at a higher level', async () => {
    const widths = await Promise.all(
      [0.5, 0.8, 0.95].map(async (level) => {
        const [one] = await predictRows(await learn(numberRows, { level }), asked.slice(0, 1));
        return one?.kind === 'number' ? one.interval[1] - one.interval[0] : 0;
      }),
    );
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
  });

  it('follow the units: other units of the target give the same in them', async () => {
    const scaled = await learn(numberRows.map((row) => ({ ...row, y: 1000 * (row.y as number) - 5e4 })));
    const [plain, other] = [
      await predictRows(await learn(numberRows), asked),
      await predictRows(scaled, asked),
    ];
    plain.forEach((one, r) => {
      numbersOf(one).forEach((value, i) => {
        expect(Math.abs((numbersOf(other[r]!)[i]! + 5e4) / 1000 - value)).toBeLessThan(1e-4);
      });
    });
  });
});

describe('tables of all sizes', () => {
  const sizes: [string, Row[], RegExp?][] = [
    ['one column', rowsOf(20, (r) => ({ x: (r * r) % 11, y: r }))],
    [
      'three rows of numbers',
      rowsOf(3, (r) => ({ x: r, y: r * r })),
      /fewer than 10 labelled rows could be held out/,
    ],
    [
      'three rows of classes',
      rowsOf(3, (r) => ({ x: r, y: 'aab'[r] })),
      /of class "b" there is one labelled row/,
    ],
    ['classes of two rows each', rowsOf(4, (r) => ({ x: r, y: 'aabb'[r] })), /fewer than 10 labelled rows/],
    ['two rows of a class', rowsOf(20, (r) => ({ x: (r * 7) % 20, y: r < 2 ? 'rare' : 'usual' }))],
    [
      '40 columns',
      rowsOf(30, (r) => ({
        ...Object.fromEntries(Array.from({ length: 40 }, (_, c) => [`c${c}`, Math.sin(r * (c + 1))])),
        y: r % 3 ? 'u' : 'v',
      })),
      /each view of the table holds 32 of its 40 columns/,
    ],
    [
      '600 rows',
      rowsOf(600, (r) => ({ x: Math.sin(r * 7), c: r % 5, y: (r % 5) + Math.sin(r) })),
      /each view of the table holds 512 of its 600 labelled rows/,
    ],
    ['a target with missing cells', rowsOf(40, (r) => ({ x: (r * r) % 11, y: r % 4 ? r : null }))],
    ['a column without cells', rowsOf(40, (r) => ({ x: (r * r) % 11, none: null, y: r }))],
    ['a column with one cell', rowsOf(40, (r) => ({ x: (r * r) % 11, one: r === 5 ? 7 : null, y: r }))],
    ['a column that is there or not', rowsOf(40, (r) => ({ one: r % 3 ? 7 : null, y: r }))],
    ['two cells only', rowsOf(12, (r) => ({ x: r === 3 ? 7 : r === 4 ? 6 : null, y: r % 5 }))],
    [
      'two cells only, of classes',
      rowsOf(12, (r) => ({ x: r === 3 ? 7 : r === 4 ? 6 : null, y: 'ab'[r % 2] })),
    ],
    ['thirty classes', rowsOf(90, (r) => ({ x: r % 31, c: (r * r) % 7, y: `k${r % 30}` }))],
    [
      'rows that differ in the target only, but for one',
      rowsOf(30, (r) => ({ x: r ? 1 : 2, c: 'same', y: r % 2 })),
    ],
    [
      'numbers at the ends of float64',
      rowsOf(30, (r) => ({
        x: ((r % 7) - 3) * 5e307,
        z: 5e-324 * (r % 5),
        n: 2 ** 53 - (r % 3),
        y: 'ab'[r % 2],
      })),
    ],
    ['great targets', rowsOf(30, (r) => ({ x: r % 7, y: (r % 11) * 1e69 }))],
    ['tiny targets', rowsOf(30, (r) => ({ x: r % 7, y: (r % 11) * 1e-70 }))],
    ['targets that differ by little', rowsOf(30, (r) => ({ x: r % 7, y: 1.7e12 + (r % 11) }))],
  ];
  it.each(sizes)('%s', async (_, rows, warning) => {
    const task = await learn(rows);
    for (const one of await predictRows(task, rows.slice(0, 10)))
      expect(numbersOf(one).every(Number.isFinite)).toBe(true);
    if (task.quality !== undefined) {
      const { score, loss, margin } = task.quality;
      expect([...Object.values(score), ...Object.values(loss), margin].every(Number.isFinite)).toBe(true);
    }
    if (warning !== undefined) expect(task.warnings.join('\n')).toMatch(warning);
  });

  it('a file', async () => {
    const source = await openTable(await file('sample.csv', sampleCsv(50, 8)));
    const task = await learnRows(learner, source, { target: 'y', members: 1 });
    const predicted = (await collect(task.predictTable(source, { only: 'unlabelled' }))).flat();
    expect(predicted.map(({ row }) => row.line)).toEqual([44, 45, 46, 47, 48, 49, 50, 51]);
  });

  it('but not rows that are all alike', async () => {
    const rows = rowsOf(30, (r) => ({ x: 1, c: 'same', y: r % 2 }));
    expect((await refusal(() => learn(rows))).message).toMatch(/^no column to learn from: /);
  });
});

it('warns of a column that gives the target away', async () => {
  const { warnings } = await learn(numberRows.map((row) => ({ ...row, after: 2 * (row.y as number) })));
  expect(warnings).toEqual([
    'column "after" alone tells "y" in every labelled row: is it known before that is? If not, set its type to ignore with the option types',
  ]);
});
