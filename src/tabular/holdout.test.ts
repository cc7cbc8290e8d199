import { describe, expect, it } from 'vitest';
import { bayes } from '../learners/index.js';
import { BASELINES, type Contender, frozenContender, textbookContender } from './contenders.js';
import { type HoldoutRequest, holdout } from './holdout.js';
import { openTable } from './read.js';
import { resampled } from './resample.js';
import { scanTable } from './scan.js';
import { refusal, sampleCsv, scratch } from './table.test.helper.js';

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
      expect(row.low).toBeLessThanOrEqual(row.value);
      expect(row.high).toBeGreaterThanOrEqual(row.value);
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
    const rowsOf = ({ values, rows, width }: { values: Float64Array; rows: number; width: number }) =>
      Array.from({ length: rows }, (_, r) => values.subarray(r * width, (r + 1) * width).join());
    const csv = `x,y\n${Array.from({ length: 40 }, (_, i) => `${i * i},${i}`).join('\n')}\n`;
    await holdout(await request({ contenders: [watcher(0), watcher(1)] }, csv));
    expect(seen[0]).toEqual(seen[1]);
  });

  it('predicts by unit queries what a linear learner predicts itself', async () => {
    const { source, scan } = await request();
    const { fitEncoding, encodeRows, encodeTarget } = await import('./encode.js');
    const encoding = fitEncoding(source, scan.columns, 'y', scan.examples);
    const x = encodeRows(encoding, source, scan.examples.slice(0, 30));
    const y = encodeTarget(encoding, source, scan.examples.slice(0, 30));
    const predict = await textbookContender('ridge:loo').fit({ encoding, x, y, seed: 1 });
    const one = { values: x.values.slice(0, x.width), rows: 1, width: x.width };
    const { parseLearner } = await import('../learners/index.js');
    const direct = await parseLearner('ridge:loo').predict({
      x: Float64Array.from([...x.values, ...one.values]),
      y: Float64Array.from([...y, 0]),
      episodes: 1,
      points: 31,
      inputs: x.width,
      family: 'table',
      seed: 1,
    });
    expect((await predict(one))[0]).toBeCloseTo(
      direct.values[30]! * encoding.target.scale + encoding.target.mean,
      8,
    );
  });

  it.each([
    [{ share: 1.5 }, /^invalid --holdout: 1.5: a share between 0 and 1/, 2],
    [{ repeats: 0 }, /^invalid --repeats: 0/, 2],
    [{ share: 0.99 }, /^too few labelled rows: 60, of which --holdout 0.99 leaves 1/, 1],
    [{ examples: 50 }, /^invalid --examples: 50: 3 to 45 here/, 2],
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
});
