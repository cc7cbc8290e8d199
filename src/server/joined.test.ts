import { describe, expect, it } from 'vitest';
import { nodeEngine } from '../engine/node.js';
import { openTabular } from '../runs/tabular.js';
import type { Rows } from '../tabular/memory.js';
import type { Prediction } from '../tabular/prediction.js';
import { people, tinyModel, without } from './app.test.helper.js';
import { type Predicted, predictJoined } from './joined.js';

const learner = await openTabular(await tinyModel(), nodeEngine({ threads: 1 }));
const classes = await learner.context(without(people(40), 'spends'), { target: 'buys' });
const numbers = await learner.context(without(people(40), 'buys'), { target: 'spends' });

const alone = async (task: typeof classes, rows: Rows): Promise<Prediction[]> => {
  const predictions: Prediction[] = [];
  for await (const prediction of task.predict(rows)) predictions.push(prediction);
  return predictions;
};
const predictionsOf = (part: Predicted): readonly Prediction[] => ('error' in part ? [] : part.predictions);
const messageOf = (part: Predicted): string => ('error' in part ? (part.error as Error).message : '');

/** All numbers of predictions, in their order, and all else. */
function numbersOf(value: unknown): unknown[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(numbersOf);
  return [value];
}
function expectSame(actual: readonly Prediction[], expected: readonly Prediction[]): void {
  const [a, b] = [numbersOf(actual), numbersOf(expected)];
  expect(a.length).toBe(b.length);
  a.forEach((value, i) => {
    if (typeof value === 'number') expect(value).toBeCloseTo(b[i] as number, 4);
    else expect(value).toEqual(b[i]);
  });
}

describe('requests that are predicted together', () => {
  it.each([
    ['classes', classes],
    ['numbers', numbers],
  ])('come to what they come to one by one: %s', async (_, task) => {
    const asked = without(people(90, 2), 'buys', 'spends');
    const columns = { city: ['Oslo', 'Paris'], age: [30, null] };
    const parts = [asked.slice(0, 1), asked.slice(1, 70), columns, asked.slice(70)];
    const joined = await predictJoined(task, parts);
    for (const [i, part] of parts.entries()) expectSame(predictionsOf(joined[i]!), await alone(task, part));
    expect(predictionsOf(joined[2]!)[1]!.warnings).toContain('"city" is none that a labelled row has');
  });

  it('need not name their columns in one order, nor the same ones besides', async () => {
    const joined = await predictJoined(classes, [
      [{ city: 'Oslo', age: 25, buys: 'no' }],
      [{ name: 'Ada', age: 55, city: 'Rome' }, { age: 55 }],
    ]);
    expect(joined.map((part) => predictionsOf(part).length)).toEqual([1, 2]);
  });

  it('fail alone, with their own rows in the message', async () => {
    const good = [{ age: 30, city: 'Oslo' }];
    const parts = [good, [{ age: 30 }], [...good, { age: 'old', city: 'Rome' }], good, []];
    const joined = await predictJoined(classes, parts);
    expect(joined.map(messageOf)).toEqual([
      '',
      expect.stringContaining('missing column "city" in the rows to predict'),
      expect.stringContaining('text in numeric column "age": "old" on line 2 of the rows to predict'),
      '',
      expect.stringContaining('empty table'),
    ]);
    expectSame(predictionsOf(joined[3]!), await alone(classes, good));
  });
});
