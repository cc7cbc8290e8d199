import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fakeThread, people, testApp, tinyModel, without } from './app.test.helper.js';
import { PROBLEM_JSON } from './problems.js';

const LEARN = '/v1/contexts';
const thread = fakeThread();
const { request, post, logs } = await testApp(async () => thread);
const { id } = (await post(LEARN, { rows: [{ y: 1 }], target: 'y' })).body;
thread.asked.length = 0;
const paths = fc.constantFrom(LEARN, `${LEARN}/${id}/predict`);

async function expectRefused(path: string, body: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const response = await request('POST', path, { headers: { 'content-type': 'application/json' }, body });
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe(PROBLEM_JSON);
  expect(response.status, text).toBeGreaterThanOrEqual(400);
  expect(response.status, text).toBeLessThan(500);
  expect(JSON.parse(text)).toMatchObject({ status: response.status, detail: expect.any(String) });
  expect(text.length).toBeLessThan(10_000);
}

const numbered = (count: number): string => Array.from({ length: count }, (_, i) => `"${i}":1`).join();

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

it('malformed JSON is refused', async () => {
  const valid = JSON.stringify({
    rows: [
      { a: 1.5e3, 'b\n': null },
      { a: 'x', b: true },
    ],
    target: 'a',
  });
  const broken = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.json().map((text) => text.slice(0, -1)),
    fc.json().map((text) => `${text}}`),
    // A valid body with a part of it cut out, or something put in.
    fc
      .tuple(
        fc.nat(valid.length),
        fc.nat(9),
        fc.constantFrom('', '{', ']', ',', '"', '\\', '\u0000', 'NaN', '\ud800'),
      )
      .map(([at, cut, put]) => valid.slice(0, at) + put + valid.slice(at + cut)),
  );
  await fc.assert(
    fc.asyncProperty(
      paths,
      broken.filter((text) => !isJson(text)),
      expectRefused,
    ),
    { numRuns: 1000 },
  );
  await fc.assert(
    fc.asyncProperty(paths, fc.uint8Array({ maxLength: 50 }), async (path, bytes) => {
      if (!isJson(new TextDecoder().decode(bytes))) await expectRefused(path, Uint8Array.from(bytes));
    }),
    { numRuns: 200 },
  );
});

it('JSON that does not fit the schema is refused', async () => {
  const cell = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null));
  const rows = fc.array(fc.dictionary(fc.string(), cell), { minLength: 1, maxLength: 3 });
  const key = fc.oneof(
    fc.constantFrom('rows', 'target', 'types', 'members', 'level', 'abstain', 'seed'),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'Target', 'row'),
    fc.string(),
  );
  const nothing = fc.oneof(fc.constantFrom(-1, 0, 1.5, 1e99, '', [], {}, null, true), fc.jsonValue());
  const bodies = fc.oneof(
    fc.jsonValue({ maxDepth: 4 }),
    fc.dictionary(key, nothing),
    // One thing is wrong of a body that fits.
    fc.record({ rows, target: fc.constant('a'), wrong: fc.tuple(key, nothing) }).map(({ wrong, ...body }) =>
      // Not an assignment: that would not make a key of its own of __proto__.
      Object.fromEntries([...Object.entries(body), wrong]),
    ),
    fc
      .tuple(rows, nothing, fc.nat(2))
      .map(([own, wrong, at]) => ({ rows: own.with(at % own.length, wrong as never), target: 7 })),
  );
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(paths, bodies, async (path, body) => {
      const before = thread.asked.length;
      const text = JSON.stringify(body);
      const response = await request('POST', path, {
        headers: { 'content-type': 'application/json' },
        body: text,
      });
      // What fits reaches the thread.
      if (thread.asked.length > before) expect(response.status).toBeLessThan(300);
      else {
        refused++;
        await expectRefused(path, text);
      }
    }),
    { numRuns: 1200 },
  );
  expect(refused).toBeGreaterThan(900);
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
])('large nonsense is refused: %s', (_, body) => expectRefused(LEARN, body));

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
