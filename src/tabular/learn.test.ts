import { describe, expect, it } from 'vitest';
import type { Episodes, Learner } from '../core/episodes.js';
import { random } from '../core/random.js';
import { bayes, ols } from '../learners/index.js';
import { type Encoding, encodeRows, encodeTarget, fitEncoding } from './encode.js';
import { CONTEXT, learnTable } from './learn.js';
import { ask } from './prompts.js';
import { openTable } from './read.js';
import { scanTable } from './scan.js';
import { refusal, sampleCsv, scratch } from './table.test.helper.js';
import { openTask, predictRows } from './task.js';

const file = scratch();
const small: Learner = { ...bayes({ sigma: 0.25 }), name: 'small', limits: { inputs: 2, points: 11 } };

async function table(rows: number) {
  const source = await openTable(await file('table.csv', sampleCsv(rows)));
  const { columns, examples } = await scanTable(source, { target: 'y', seed: 1 });
  const encoding = fitEncoding(source, columns, 'y', examples);
  return {
    encoding,
    x: encodeRows(encoding, source, examples),
    y: encodeTarget(encoding, source, examples),
  };
}

/** A learner that keeps what it was asked. */
function spy(learner: Learner): { learner: Learner; asked: Episodes[] } {
  const asked: Episodes[] = [];
  return {
    asked,
    learner: {
      ...learner,
      predict: (episodes) => {
        asked.push(episodes);
        return learner.predict(episodes);
      },
    },
  };
}

describe('learning a table in context', () => {
  it('keeps to the limits of the learner, with prompts of one length', async () => {
    const { encoding, x, y } = await table(60);
    const { learner, asked } = spy(small);
    const learned = await learnTable(learner, encoding, x, y, 1);
    expect(learned).toMatchObject({ inputs: 2, examples: 10, members: CONTEXT.members });
    await learned.predict(x);
    expect(new Set(asked.map(({ inputs }) => inputs))).toEqual(new Set([2]));
    expect(new Set(asked.map(({ points }) => points))).toEqual(new Set([11]));
  });

  it('never shows a query with its own label after it', async () => {
    const { encoding, x, y } = await table(60);
    const { learner, asked } = spy(small);
    const learned = await learnTable(learner, encoding, x, y, 1);
    asked.length = 0;
    await learned.predict(x);
    for (const episodes of asked)
      for (let e = 0; e < episodes.episodes; e++) expect(episodes.y[e * 11 + 10]).toBe(0);
  });

  it('gives the same numbers for the same seed, in any company', async () => {
    const { encoding, x, y } = await table(30);
    const one = await learnTable(small, encoding, x, y, 5);
    const all = await one.predict(x);
    const again = await (await learnTable(small, encoding, x, y, 5)).predict(x);
    expect(again).toEqual(all);
    const alone = await one.predict({ values: x.values.slice(0, x.width), rows: 1, width: x.width });
    expect(alone[0]).toBe(all[0]);
    expect(await (await learnTable(small, encoding, x, y, 6)).predict(x)).not.toEqual(all);
  });

  it('learns a line, and knows about how well', async () => {
    const { encoding, x, y } = await table(60);
    const learned = await learnTable(small, encoding, x, y, 1);
    const values = await learned.predict(x);
    const { mean, scale } = encoding.target;
    const error = Math.sqrt(values.reduce((sum, v, i) => sum + (v - mean - scale * y[i]!) ** 2, 0) / 60);
    expect(error).toBeLessThan(0.2 * scale);
    expect(learned.error / error).toBeGreaterThan(0.7);
    expect(learned.error / error).toBeLessThan(2);
  });

  // Columns that were chosen by the labels would let noise look learnable.
  it.each([
    [20, 5],
    [20, 50],
    [40, 300],
  ])('says of noise in %i rows and %i columns that it cannot be learned', async (rows, width) => {
    let said = 0;
    const tables = 6;
    for (let seed = 1; seed <= tables; seed++) {
      const stream = random(seed, 'noise');
      const noise = (count: number) => Float64Array.from({ length: count }, stream.normal);
      const x = { values: noise(rows * width), rows, width };
      const encoding = { target: { name: 'y', mean: 0, scale: 1 } } as Encoding;
      const learner = { ...bayes({ sigma: 0.5 }), limits: { inputs: 8, points: 41 } };
      said += (await learnTable(learner, encoding, x, noise(rows), seed)).error ** 2 / tables;
    }
    expect(Math.sqrt(said)).toBeGreaterThan(0.93);
    expect(Math.sqrt(said)).toBeLessThan(1.4);
  });

  it('bounds the memory of a call', async () => {
    const { learner, asked } = spy(ols());
    const wide = { values: new Float64Array(3 * 200_000), rows: 3, width: 200_000 };
    const of = { x: wide, y: new Float64Array(3), queries: wide };
    const prompts = Array.from({ length: 12 }, () => ({ of, rows: [0, 1], query: 2 }));
    const flat: Learner = {
      ...learner,
      predict: async (episodes) => {
        asked.push(episodes);
        return { ...episodes, values: new Float64Array(episodes.episodes * episodes.points) };
      },
    };
    const answers = await ask(flat, { scale: { input: 1, target: 1 }, prompts, which: 'query' });
    expect(answers).toHaveLength(12);
    for (const { x } of asked) expect(x.length).toBeLessThanOrEqual(4_000_000);
  });

  it('does not care about rotations where the learner does not', async () => {
    const { encoding, x, y } = await table(9);
    const free: Learner = { ...ols(), limits: { inputs: 8, points: 41 } };
    const turned = await (await learnTable(free, encoding, x, y, 1)).predict(x);
    const still = await (await learnTable(free, encoding, x, y, 1, { ...CONTEXT, rotate: false })).predict(x);
    turned.forEach((value, i) => {
      expect(value).toBeCloseTo(still[i]!, 6);
    });
  });

  it('refuses predictions that are not finite', async () => {
    const { encoding, x, y } = await table(9);
    const broken: Learner = {
      ...small,
      predict: async ({ episodes, points }) => ({
        values: new Float64Array(episodes * points).fill(Number.NaN),
        episodes,
        points,
      }),
    };
    expect((await refusal(() => learnTable(broken, encoding, x, y, 1))).message).toMatch(
      /not finite: use another model/,
    );
  });
});

describe('predicting rows', () => {
  it('asks for the rows without the target, in order, in pieces', async () => {
    const path = await file('big.csv', sampleCsv(200, 150));
    const task = await openTask({ table: path, target: 'y', seed: 1 });
    expect(task.asked).toMatchObject({ only: 'unlabelled', count: 150 });
    const learned = await learnTable(small, task.encoding, task.x, task.y, 1);
    const lines: number[] = [];
    for await (const chunk of predictRows(task, learned)) {
      expect(chunk.length).toBeLessThanOrEqual(64);
      lines.push(...chunk.map(({ row }) => row.line));
    }
    expect(lines).toEqual(Array.from({ length: 150 }, (_, i) => i + 52));
    const few: number[] = [];
    for await (const chunk of predictRows(task, learned, 3)) few.push(...chunk.map(({ row }) => row.line));
    expect(few).toEqual([52, 53, 54]);
  });

  it('takes other rows with columns in any order and more of them', async () => {
    const path = await file('train.csv', sampleCsv(30));
    const rows = await file('rows.csv', 'extra;kind;x\nz;b;2,5\nz;never seen;NA\n');
    const task = await openTask({ table: path, target: 'y', rows, seed: 1 });
    const learned = await learnTable(small, task.encoding, task.x, task.y, 1);
    const found = [];
    for await (const chunk of predictRows(task, learned)) found.push(...chunk);
    expect(found).toHaveLength(2);
    expect(Math.abs(found[0]!.value - 8.5)).toBeLessThan(3);
  });

  it.each([
    ['a column is missing', 'kinds,x\na,1\n', /^missing column "kind" in .*: is it "kinds" there\?/],
    ['no rows', 'kind,x\n', /^empty table: .* has a header but no rows/],
    ['text for a number', 'kind,x\na,1\nb,two\n', /^text in numeric column "x": "two" on line 3 of /],
    ['ragged', 'kind,x\na,1\nb\n', /^ragged row: line 3/],
  ])('refuses rows where %s', async (_, text, pattern) => {
    const path = await file('train.csv', sampleCsv(30));
    const rows = await file('rows.csv', text);
    const { message } = await refusal(() => openTask({ table: path, target: 'y', rows, seed: 1 }));
    expect(message).toMatch(pattern);
  });
});
