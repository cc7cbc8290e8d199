import fc from 'fast-check';
import { expect, it } from 'vitest';
import { people, testApp, tinyModel, without } from './app.test.helper.js';
import { fuzzedServer, LEARN } from './fuzz.test.helper.js';

const { fuzz, send, expectProblem, logs } = await fuzzedServer();
const numbered = (count: number): string => Array.from({ length: count }, (_, i) => `"${i}":1`).join();

it('malformed JSON is refused', async () => {
  const { malformed } = await fuzz('malformed', { runs: 400 });
  expect(malformed).toBeGreaterThan(250);
});

it('JSON that does not fit the schema is refused', async () => {
  const { misfit } = await fuzz('misfit', { runs: 400 });
  expect(misfit).toBeGreaterThan(300);
});

it.each([
  ['arrays that are not closed', '['.repeat(1_000_000)],
  ['arrays in arrays', `${'['.repeat(500_000)}${']'.repeat(500_000)}`],
  ['arrays as rows', `{"rows":${'['.repeat(200_000)}${']'.repeat(200_000)},"target":"a"}`],
  ['objects in a cell', `{"rows":[{"a":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}],"target":"a"}`],
  ['a million rows', `{"rows":[${'1,'.repeat(1_000_000)}1],"target":"a"}`],
  ['many types', `{"rows":[{"a":1}],"target":"a","types":{${numbered(100_000)}}}`],
  ['many keys', `{${numbered(200_000)}}`],
  ['a long target', `{"rows":[{"a":1}],"target":"${'a'.repeat(3_000_000)}"}`],
  ['a long number', `{"rows":[{"a":${'9'.repeat(1_000_000)}}],"target":"a"}`],
])('large nonsense is refused: %s', async (_, body) => expectProblem(await send(LEARN, body)));

it('whatever fits the schema is learned and predicted, or refused', async () => {
  const own = await testApp(await tinyModel(), { contexts: 4 });
  const word = fc.oneof(
    fc.constantFrom(
      'a',
      'b',
      'yes',
      'no',
      'NA',
      '',
      ' ',
      'inf',
      '1',
      '1,5',
      '2024-01-31',
      '9999-99-99',
      '__proto__',
    ),
    fc.string({ maxLength: 4 }),
  );
  const cell = fc.oneof(
    word,
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
  );
  const name = fc.constantFrom('x', 'y', 'z', '__proto__', 'constructor', '', 'a,b');
  const column = fc.oneof(
    fc.constantFrom(
      [1, 2, 3, 4, 5, 6],
      ['u', 'v', 'u', 'v', 'u', 'w'],
      [true, false, true, true, false, null],
    ),
    fc.array(cell, { minLength: 6, maxLength: 6 }),
  );
  const tables = fc.dictionary(name, column, { minKeys: 2, maxKeys: 4 });
  const columnsToRows = (columns: Record<string, readonly unknown[]>) =>
    Array.from({ length: 6 }, (_, r) =>
      Object.fromEntries(Object.entries(columns).map(([key, cells]) => [key, cells[r]])),
    );
  const statuses = new Map<number, number>();
  const count = (status: number) => statuses.set(status, 1 + (statuses.get(status) ?? 0));
  await fc.assert(
    fc.asyncProperty(tables, name, fc.boolean(), tables, async (columns, target, asRows, other) => {
      const learned = await own.post(LEARN, {
        rows: asRows ? columnsToRows(columns) : columns,
        target: target || 'y',
        members: 1,
      });
      count(learned.status);
      expect([201, 422]).toContain(learned.status);
      if (learned.status !== 201) return;
      for (const rows of [columns, other]) {
        const predicted = await own.post(`${LEARN}/${learned.body.id}/predict`, { rows });
        count(predicted.status);
        expect([200, 422]).toContain(predicted.status);
      }
    }),
    { numRuns: 200 },
  );
  for (const status of [200, 201, 422]) expect(statuses.get(status) ?? 0).toBeGreaterThan(10);
  const good = { rows: without(people(20), 'spends'), target: 'buys' };
  expect((await own.post(LEARN, good)).status).toBe(201);
  expect([...logs, ...own.logs]).toEqual([]);
});
