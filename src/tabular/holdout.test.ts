import { describe, expect, it } from 'vitest';
import { permutation, random } from '../core/random.js';
import { bayes } from '../learners/index.js';
import { compareTask } from './compare.js';
import { BASELINES, type Contender, frozenContender, textbookContender } from './contenders.js';
import { encodeRows, type Matrix } from './encode.js';
import { type HoldoutRequest, holdout } from './holdout.js';
import { openTable } from './read.js';
import { resampled } from './resample.js';
import { scanTable } from './scan.js';
import { refusal, sampleCsv, scratch } from './table.test.helper.js';
import { openTask } from './task.js';

const file = scratch();

async function request(changes: Partial<HoldoutRequest> = {}, csv = sampleCsv(60)): Promise<HoldoutRequest> {
  const source = await openTable(await file('table.csv', csv));
  return {
    source,
    scan: await scanTable(source, { target: 'y', seed: 1 }),
    target: 'y',
    contenders: BASELINES.map(textbookContender),
    share: 0.25,
    repeats: 4,
    seed: 1,
    spec: 'abc',
    ...changes,
  };
}

const rowsOf = ({ values, rows, width }: Matrix) =>
  Array.from({ length: rows }, (_, r) => values.subarray(r * width, (r + 1) * width).join());

describe('held-out comparison', () => {
  it('measures every learner on the same rows, with the mean as the zero of R²', async () => {
    const learner = { ...bayes({ sigma: 0.5 }), limits: { inputs: 4, points: 21 } };
    const rows = await holdout(
      await request({ contenders: [...BASELINES.map(textbookContender), frozenContender(learner)] }),
    );
    const value = (name: string, metric: string) =>
      rows.find((row) => row.learner === name && row.metric === metric)!.value;
    expect(value('mean', 'r2')).toBe(0);
    expect(value('ridge:loo', 'rmse-ratio')).toBe(1);
    expect(value('ols', 'r2')).toBeGreaterThan(0.95);
    expect(value('bayes:0.5', 'r2')).toBeGreaterThan(0.9);
    for (const row of rows) {
      expect(row).toMatchObject({ family: 'table.csv', examples: 45, episodes: 60, seed: 1, spec: 'abc' });
      expect(row.low).toBeLessThanOrEqual(row.high);
    }
    expect(await holdout(await request())).toEqual(rows.filter((row) => row.learner !== 'bayes:0.5'));
  });

  it('shows no contender a row that it is asked for, and all of them the same', async () => {
    const seen: string[][] = [[], []];
    const watcher = (i: number): Contender => ({
      name: `w${i}`,
      fit: async ({ x }) => {
        const shown = new Set(rowsOf(x));
        return async (queries) => {
          for (const row of rowsOf(queries)) expect(shown.has(row)).toBe(false);
          seen[i]!.push(...shown, ...rowsOf(queries));
          return new Float64Array(queries.rows);
        };
      },
    });
    const csv = `x,y\n${Array.from({ length: 40 }, (_, i) => `${i * i},${i}`).join('\n')}\n`;
    await holdout(await request({ contenders: [watcher(0), watcher(1)] }, csv));
    expect(seen[0]).toEqual(seen[1]);
  });

  it('is the same from a task', async () => {
    const learner = { ...bayes({ sigma: 0.5 }), name: 'ols', limits: { inputs: 4, points: 21 } };
    const task = await openTask({ table: await file('table.csv', sampleCsv(60, 2)), target: 'y' });
    const rows = await compareTask(task, learner, { share: 0.25, repeats: 2 });
    const names = [...BASELINES, 'ols-model'];
    expect(new Set(rows.map((row) => row.learner))).toEqual(new Set(names));
    const contenders = [...BASELINES.map(textbookContender), frozenContender(learner)];
    const { spec } = rows[0]!;
    expect(spec).toMatch(/^[0-9a-f]{12}$/);
    expect(rows).toEqual(
      await holdout({
        source: task.source,
        scan: task.scan,
        target: 'y',
        contenders,
        share: 0.25,
        repeats: 2,
        seed: 1,
        spec,
      }),
    );
    const impossible = await refusal(() => compareTask(task, learner, { share: 0.25, repeats: 0.5 }));
    expect(impossible.message).toMatch(/^invalid option repeats: 0.5: a whole number/);
  });

  it('never looks at a held-out label', async () => {
    const learner = { ...bayes({ sigma: 0.5 }), limits: { inputs: 4, points: 21 } };
    const contenders = [...BASELINES.map(textbookContender), frozenContender(learner)];
    const asked = await request({ repeats: 1 });
    const hidden = new Set<string>();
    const predictions = async (changes: Partial<HoldoutRequest>) => {
      const seen: number[][] = [];
      const watched = contenders.map(
        (contender): Contender => ({
          ...contender,
          fit: async (training) => {
            const shown = new Set(rowsOf(training.x));
            for (const { cells } of asked.scan.examples) {
              const row = rowsOf(encodeRows(training.encoding, asked.source, [{ line: 0, cells }]))[0]!;
              if (!shown.has(row)) hidden.add(cells.join());
            }
            const predict = await contender.fit(training);
            return async (queries) => {
              const values = await predict(queries);
              seen.push([...values]);
              return values;
            };
          },
        }),
      );
      await holdout({ ...asked, ...changes, contenders: watched });
      return seen;
    };
    const before = await predictions({});
    expect(hidden.size).toBe(15);
    const examples = asked.scan.examples.map((row) =>
      hidden.has(row.cells.join()) ? { ...row, cells: [...row.cells.slice(0, 2), '123456'] } : row,
    );
    expect(await predictions({ scan: { ...asked.scan, examples } })).toEqual(before);
  });

  it.each([
    [{ share: 1.5 }, /^invalid option share: 1.5: a share between 0 and 1/, 2],
    [{ repeats: 0 }, /^invalid option repeats: 0/, 2],
    [{ share: 0.99 }, /^too few labelled rows: 60, of which a held-out share of 0.99 leaves 1/, 1],
    [{ examples: 50 }, /^invalid option examples: 50: 3 to 45 here/, 2],
  ])('refuses %j', async (changes, pattern, code) => {
    const { message, exitCode } = await refusal(async () => holdout(await request(changes)));
    expect(message).toMatch(pattern);
    expect(exitCode).toBe(code);
  });
});

describe('resampling', () => {
  it('is certain where every answer is alike, and wider where there are fewer', () => {
    const answers = (repeats: number, spread: number) =>
      Array.from({ length: repeats * 20 }, (_, i) => ({
        repeat: Math.floor(i / 20),
        row: i % 50,
        errors: [1, 2 + spread * Math.sin(i)],
        fromMean: 3,
      }));
    const sure = resampled(answers(5, 0), ['a', 'b'], 'a', 1);
    expect(sure.find((row) => row.learner === 'b' && row.metric === 'rmse-ratio')).toMatchObject({
      value: 2,
      low: 2,
      high: 2,
      reference: 'a',
    });
    const width = (repeats: number) => {
      const found = resampled(answers(repeats, 1.5), ['a', 'b'], 'a', 1);
      const row = found.find(({ learner, metric }) => learner === 'b' && metric === 'rmse')!;
      return row.high - row.low;
    };
    expect(width(2)).toBeGreaterThan(width(20));
  });

  it('covers the truth about as often as it says', () => {
    const trials = 200;
    let covered = 0;
    for (let seed = 1; seed <= trials; seed++) {
      const stream = random(seed, 'coverage');
      // A row is as hard in every repeat that holds it out; the true root mean square is 1.
      const hard = Array.from({ length: 40 }, () => stream.normal());
      const answers = Array.from({ length: 5 }, (_, repeat) =>
        permutation(40, stream)
          .slice(0, 20)
          .map((row) => ({ repeat, row, errors: [hard[row]!], fromMean: 1 })),
      ).flat();
      const { low, high } = resampled(answers, ['a'], 'a', seed).find(({ metric }) => metric === 'rmse')!;
      if (low <= 1 && 1 <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.8);
    expect(covered / trials).toBeLessThan(0.97);
  });

  it('leaves out draws without a value', () => {
    // A third of the draws holds only rows that ridge predicts without error, so that their ratio is no number.
    const answers = Array.from({ length: 4 }, (_, row) => ({
      repeat: 0,
      row,
      errors: [row === 0 ? 1 : 0, 2],
      fromMean: 1,
    }));
    const ratio = resampled(answers, ['a', 'b'], 'a', 1).find(
      ({ learner, metric }) => learner === 'b' && metric === 'rmse-ratio',
    )!;
    expect(ratio).toMatchObject({ value: 4, low: expect.closeTo(4 / Math.sqrt(3), 9), high: 4 });
  });
});
