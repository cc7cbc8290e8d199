import { describe, expect, it } from 'vitest';
import {
  type Answered,
  fakeThread,
  learnedNothing,
  people,
  testApp,
  tinyModel,
  without,
} from './app.test.helper.js';
import { PROBLEM_JSON, PROBLEMS, type ProblemKind } from './problems.js';
import { contextView, health, predictions, problem } from './schemas.js';

const folder = await tinyModel();
const server = await testApp(folder, { bodyBytes: 100_000, labelledRows: 300, askedRows: 200, columns: 8 });
const { post, get, request } = server;
const LEARN = '/v1/contexts';
const asked = without(people(3, 2), 'buys', 'spends');
const buys = { rows: without(people(40), 'spends'), target: 'buys' };
const learned = await post(LEARN, buys);
const PREDICT = `${LEARN}/${learned.body.id}/predict`;

/** That an answer is a problem of some kind, as RFC 9457 has it. */
function expectProblem({ status, headers, body }: Answered, kind: ProblemKind, detail = ''): void {
  expect(problem.strict().parse(body)).toMatchObject({
    ...{ type: `urn:problem-type:icicle:${kind}`, title: PROBLEMS[kind][1], status },
    detail: expect.stringContaining(detail),
  });
  expect(status).toBe(PROBLEMS[kind][0]);
  expect(headers.get('content-type')).toBe(PROBLEM_JSON);
  expect(headers.get('retry-after')).toBe(status === 503 ? '1' : null);
}
const answered = async (pending: Response | Promise<Response>): Promise<Answered> => {
  const response = await pending;
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Answered['body'],
  };
};

describe('POST /v1/contexts', () => {
  it('learns classes', () => {
    const { status, headers, body } = learned;
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`${LEARN}/${body.id}`);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(contextView.strict().parse(body)).toMatchObject({
      ...{ target: 'buys', kind: 'classes', classes: ['no', 'yes'], labelled: 40 },
      columns: [
        { name: 'age', kind: 'number' },
        { name: 'city', kind: 'category' },
      ],
      quality: { rows: 40, metric: 'accuracy' },
    });
    expect(body.bytes).toBeGreaterThan(1000);
    expect(body).not.toHaveProperty('expires');
  });

  it('learns numbers, of columns too, with all options', async () => {
    const rows = without(people(30), 'buys');
    const columns = Object.fromEntries(
      ['age', 'city', 'spends'].map((name) => [name, rows.map((row) => row[name])]),
    );
    const options = { types: { city: 'ignore' }, members: 2, level: 0.8, abstain: 1e-6, seed: 7 };
    const { status, body } = await post(LEARN, { rows: columns, target: 'spends', ...options });
    expect(status).toBe(201);
    expect(contextView.strict().parse(body)).toMatchObject({
      ...{ kind: 'number', columns: [{ name: 'age', kind: 'number' }], quality: { metric: 'r2' } },
    });
    expect(body).not.toHaveProperty('classes');
    const { body: found } = await post(`${LEARN}/${body.id}/predict`, { rows: asked });
    expect(predictions.strict().parse(found).predictions[0]).toMatchObject({
      kind: 'number',
      abstained: true,
    });
  });

  it('tells of a table that is too small to be measured', async () => {
    const { body } = await post(LEARN, { rows: [1, 2, 3].map((x) => ({ x, y: x / 7 })), target: 'y' });
    expect(contextView.parse(body).quality?.rows ?? 0).toBeLessThan(10);
    expect(body.warnings.join()).toContain('fewer than 10 labelled rows');
  });

  it.each([
    [{ ...buys, target: 'byus' }, 'unknown column "byus": did you mean "buys"?'],
    [{ rows: people(2), target: 'buys' }, 'too few labelled rows: 2'],
    [{ rows: people(9).map((row) => ({ ...row, buys: 'yes' })), target: 'buys' }, 'constant target'],
    [{ rows: { x: [1, 2, 3], y: [1, 2] }, target: 'y' }, 'ragged columns: "x" of the given rows has 3 cells'],
    [{ ...buys, types: { citty: 'ignore' } }, 'unknown column "citty"'],
    [{ rows: [{}], target: 'y' }, 'empty table'],
  ])('says in one line what is wrong with a table', async (body, detail) => {
    const answer = await post(LEARN, body);
    expectProblem(answer, 'invalid-table', detail);
    expect(answer.body.detail).not.toContain('\n');
  });
});

describe('POST /v1/contexts/{id}/predict', () => {
  it('predicts rows in their order', async () => {
    const { status, body } = await post(PREDICT, { rows: asked });
    expect(status).toBe(200);
    const found = predictions.strict().parse(body).predictions;
    expect(found.map(({ kind }) => kind)).toEqual(['classes', 'classes', 'classes']);
    const single = await Promise.all(asked.map((row) => post(PREDICT, { rows: [row] })));
    expect(single.map((one) => one.body.predictions[0])).toMatchObject(
      body.predictions.map((prediction) => ({
        label: prediction.kind === 'classes' && prediction.label,
        probability: prediction.kind === 'classes' && expect.closeTo(prediction.probability, 4),
      })),
    );
  });

  it('says what is wrong with the rows', async () => {
    expectProblem(await post(PREDICT, { rows: [{ age: 3 }] }), 'invalid-table', 'missing column "city"');
    expectProblem(
      await post(`${LEARN}/nobody/predict`, { rows: asked }),
      'unknown-context',
      'no context has this id',
    );
  });
});

describe('GET and DELETE /v1/contexts/{id}', () => {
  it('tell of a context and forget it', async () => {
    const { id } = (await post(LEARN, buys)).body;
    const path = `${LEARN}/${id}`;
    expect((await get(path)).body).toEqual({ ...learned.body, id });
    const gone = await request('DELETE', path);
    expect([gone.status, await gone.text()]).toEqual([204, '']);
    expectProblem(await get(path), 'unknown-context', 'was deleted');
    expectProblem(await answered(request('DELETE', path)), 'unknown-context', 'was deleted');
    expectProblem(await post(`${path}/predict`, { rows: asked }), 'unknown-context', 'was deleted');
  });
});

it('GET /health tells of the model and what is kept', async () => {
  const { status, body } = await get('/health');
  expect(status).toBe(200);
  expect(health.strict().parse(body)).toMatchObject({ status: 'ok', model: { name: 'tiny' }, waiting: 0 });
});

describe('GET /openapi.json', () => {
  it('describes every route with its errors', async () => {
    const document = (await get('/openapi.json')).body as unknown as {
      openapi: string;
      paths: Record<string, Record<string, { responses: Record<string, unknown>; requestBody?: unknown }>>;
      components: { schemas: Record<string, unknown> };
    };
    expect(document.openapi).toBe('3.1.0');
    const found = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, { responses }]) => `${method} ${path}: ${Object.keys(responses)}`,
      ),
    );
    expect(found).toEqual([
      'post /v1/contexts: 201,400,405,413,415,421,422,500,503,504',
      'post /v1/contexts/{id}/predict: 200,400,404,405,413,415,421,422,500,503,504',
      'get /v1/contexts/{id}: 200,404,405,421,500',
      'delete /v1/contexts/{id}: 204,404,405,421,500',
      'get /health: 200,405,421,500',
    ]);
    const text = JSON.stringify(document);
    const used = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name!);
    expect(used.filter((name) => document.components.schemas[name] === undefined)).toEqual([]);
    for (const name of Object.keys(document.components.schemas)) expect(used).toContain(name);
    expect(document.components.schemas.LabelledRows).toMatchObject({
      description: 'At most 300 rows and 8 columns.',
    });
  });
});

describe('what is wrong with a request', () => {
  it.each(['', '{', '{"rows": [1,]}', 'rows', '{"rows": NaN}', '{"a":1}{'])(
    'is that it is no JSON: %s',
    async (body) => {
      expectProblem(await post(PREDICT, body), 'malformed-json');
    },
  );

  it('is where the schema does not fit, and what would', async () => {
    const answer = await post(LEARN, {
      rows: [{ a: 1 }, { 'a/b~c é': [] }],
      taget: 'a',
      level: 2,
      types: { a: 'text' },
    });
    expectProblem(
      answer,
      'invalid-request',
      '#/rows/1/a~1b~0c%20%C3%A9: expected a text, number, boolean or null',
    );
    expect(answer.body.errors).toEqual([
      { pointer: '#/rows/1/a~1b~0c%20%C3%A9', detail: expect.stringContaining('got an array') },
      { pointer: '#/target', detail: 'expected string, and there is nothing' },
      { pointer: '#/types/a', detail: expect.stringContaining('"number"|"category"|"ignore"') },
      { pointer: '#/level', detail: expect.stringContaining('expected number to be <1') },
      { pointer: '#/taget', detail: expect.stringContaining('did you mean "target"? Keys: rows, target') },
    ]);
  });

  it('is told in few words, however long it is', async () => {
    const long = 'x'.repeat(40_000);
    for (const body of [
      { rows: [{ [long]: 1 }], target: 'a' },
      { rows: [{ a: 1 }], target: long },
      { rows: [{ a: 1 }], target: 'a', [long]: 1 },
      { rows: [{ a: 1 }], target: 'a', types: { [long]: 'text' } },
      { rows: Array(30_000).fill(1), target: 'a' },
      { ...Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i])) },
    ]) {
      const answer = await post(LEARN, body);
      expect([400, 413]).toContain(answer.status);
      expect(JSON.stringify(answer.body).length).toBeLessThan(6000);
    }
  });

  it.each([
    [
      'rows that are learned',
      LEARN,
      { rows: { y: Array(301).fill(1) }, target: 'y' },
      '301 rows, at most 300',
    ],
    ['rows that are asked', PREDICT, { rows: Array(201).fill({}) }, '201 rows, at most 200'],
    [
      'columns',
      PREDICT,
      { rows: [Object.fromEntries([...'abcdefghi'].map((name) => [name, 1]))] },
      '9 columns',
    ],
    [
      'types',
      LEARN,
      { ...buys, types: Object.fromEntries([...'abcdefghi'].map((name) => [name, 'text'])) },
      '9 keys',
    ],
    [
      'bytes',
      LEARN,
      { rows: [{ y: 'x'.repeat(9000) }], target: 'y'.repeat(95_000) },
      'more than 100000 bytes',
    ],
  ])('is its size: %s', async (_, path, body, detail) => {
    expectProblem(await post(path, body), 'too-large', detail);
  });

  it('is its size, told by its length before it is read', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '100001' };
    expectProblem(await post(PREDICT, { rows: asked }, { headers }), 'too-large', 'more than 100000 bytes');
  });

  it.each([
    [{ 'content-type': 'text/plain' }, 'it is text/plain: send application/json'],
    [{ 'content-type': 'application/jsonp' }, 'it is application/jsonp'],
    [{}, 'text/plain'],
    [{ 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'encoded as gzip'],
  ])('is its content type: %j', async (headers, detail) => {
    expectProblem(await post(PREDICT, { rows: asked }, { headers }), 'unsupported-content-type', detail);
  });

  it('is not a content type with parameters', async () => {
    for (const type of ['application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])
      expect((await post(PREDICT, { rows: asked }, { headers: { 'content-type': type } })).status).toBe(200);
  });

  it('is its route or its method', async () => {
    expectProblem(await get('/'), 'unknown-route', 'no route /:');
    expectProblem(await get('/v1/contexts/a/b'), 'unknown-route');
    for (const id of ['%E0%A4%A', '%00', '%2e%2e%2fx', 'a b', '__proto__'])
      expectProblem(await get(`${LEARN}/${id}`), 'unknown-context');
    for (const [method, path, allowed] of [
      ['GET', LEARN, 'POST'],
      ['OPTIONS', LEARN, 'POST'],
      ['GET', PREDICT, 'POST'],
      ['POST', `${LEARN}/a`, 'GET, HEAD, DELETE'],
      ['DELETE', '/health', 'GET, HEAD'],
      ['PUT', '/openapi.json', 'GET, HEAD'],
    ] as const) {
      const response = await request(method, path);
      expect(response.headers.get('allow')).toBe(allowed);
      expectProblem(await answered(response), 'unsupported-method', `${method} is none of`);
    }
    expect((await request('HEAD', '/health')).status).toBe(200);
  });

  it('is its host, where that is no name of this machine', async () => {
    for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8787', '10.0.0.1'])
      expectProblem(await answered(request('GET', '/health', { headers: { host } })), 'foreign-host');
    for (const host of ['localhost:8787', '127.0.0.1:1', '[::1]:8787', '127.0.0.2', 'a.localhost'])
      expect((await request('GET', '/health', { headers: { host } })).status).toBe(200);
  });
});

describe('what a server keeps', () => {
  it('is so many contexts: the one asked least recently goes', async () => {
    const thread = fakeThread();
    const own = await testApp(async () => thread, { contexts: 2 });
    const learn = async () => (await own.post(LEARN, { rows: [{ y: 1 }], target: 'y' })).body.id;
    const [a, b] = [await learn(), await learn()];
    expect((await own.post(`${LEARN}/${a}/predict`, { rows: [{ x: 1 }] })).status).toBe(200);
    const c = await learn();
    expectProblem(
      await own.get(`${LEARN}/${b}`),
      'unknown-context',
      'forgotten for newer ones, since at most 2',
    );
    expect((await own.get(`${LEARN}/${a}`)).status).toBe(200);
    expect((await own.get(`${LEARN}/${c}`)).status).toBe(200);
    expect(thread.forgotten).toEqual([b]);
  });

  it('is so much memory', async () => {
    const thread = fakeThread(() => learnedNothing(400));
    const own = await testApp(async () => thread, { contextBytes: 1000 });
    for (let i = 0; i < 4; i++) await own.post(LEARN, { rows: [{ y: 1 }], target: 'y' });
    expect(thread.forgotten).toEqual(['context-1', 'context-2']);
    expect((await own.get('/health')).body).toMatchObject({ contexts: 2, bytes: 800 });
  });

  it('is refused where it alone would take too much', async () => {
    const own = await testApp(folder, { contextBytes: 30_000 });
    expectProblem(
      await own.post(LEARN, { ...buys, members: 64 }),
      'too-large',
      'ask for fewer members or rows',
    );
    expect((await own.get('/health')).body).toMatchObject({ contexts: 0 });
  });

  it('is forgotten after some time where that was asked for', async () => {
    const thread = fakeThread();
    const own = await testApp(async () => thread, { idleSeconds: 60 });
    const { id, expires } = (await own.post(LEARN, { rows: [{ y: 1 }], target: 'y' })).body;
    expect(expires).toBe('2026-01-01T00:01:00.000Z');
    own.time.now += 59_000;
    await own.post(`${LEARN}/${id}/predict`, { rows: [{ x: 1 }] });
    own.time.now += 59_000;
    expect((await own.get(`${LEARN}/${id}`)).body.expires).toBe('2026-01-01T00:01:59.000Z');
    own.time.now += 2000;
    expectProblem(await own.get(`${LEARN}/${id}`), 'unknown-context', 'not asked for 60 seconds');
    expect(thread.forgotten).toEqual([id]);
  });
});

describe('a server that is busy', () => {
  /** A thread that answers when it is let. */
  function slow() {
    const waiting: (() => void)[] = [];
    const thread = fakeThread(async (question) => {
      if (question.type === 'learn') return learnedNothing();
      await new Promise<void>((resolve) => waiting.push(resolve));
      return question.parts.map(() => ({ predictions: [] }));
    });
    return { thread, go: () => waiting.shift()?.() };
  }
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  /** Lets a thread go on until all answers are there. */
  const finish = async <T>(answers: Promise<T>[], go: () => void): Promise<T[]> => {
    let done = false;
    const all = Promise.all(answers).finally(() => {
      done = true;
    });
    while (!done) {
      go();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return all;
  };

  it('joins requests for one context that wait, to so many rows', async () => {
    const { thread, go } = slow();
    const own = await testApp(async () => thread);
    const [a, b] = [await own.post(LEARN, buys), await own.post(LEARN, buys)].map(({ body }) => body.id);
    const ask = (id: string | undefined, rows: number) =>
      own.post(`${LEARN}/${id}/predict`, { rows: Array(rows).fill({ x: 1 }) });
    const all = [
      [a, 1],
      [b, 2],
      [a, 300],
      [a, 400],
      [b, 3],
      [a, 212],
    ] as const;
    const answers = all.map(([id, rows]) => ask(id, rows));
    await until(() => own.service.health().waiting === 5);
    expect((await finish(answers, go)).map(({ status }) => status)).toEqual(Array(6).fill(200));
    const parts = thread.asked
      .slice(2)
      .map(
        (question) =>
          question.type === 'predict' && [question.id, ...question.parts.map((rows) => rows.length)],
      );
    expect(parts).toEqual([
      [a, 1],
      [b, 2, 3],
      [a, 300, 212],
      [a, 400],
    ]);
  });

  it('refuses what would wait behind too many, and what takes too long', async () => {
    const { thread } = slow();
    const own = await testApp(async () => thread, { waiting: 2, seconds: 2 }, { grace: 60_000 });
    const { id } = (await own.post(LEARN, buys)).body;
    const ask = () => own.post(`${LEARN}/${id}/predict`, { rows: [{ x: 1 }] });
    const waiting = [ask(), ask(), ask()];
    await until(() => own.service.health().waiting === 2);
    expectProblem(await ask(), 'too-many-waiting', '2 requests wait');
    for (const answer of waiting) expectProblem(await answer, 'timeout', 'longer than 2 seconds');
    expect(thread.stops).toBeGreaterThan(0);
  });

  it('drops what clients asked that have gone, and answers the others', async () => {
    const { thread, go } = slow();
    const own = await testApp(async () => thread);
    const { id } = (await own.post(LEARN, buys)).body;
    const path = `${LEARN}/${id}/predict`;
    const client = new AbortController();
    const headers = { 'content-type': 'application/json' };
    const first = own.post(path, { rows: [{ x: 1 }] });
    await until(() => thread.asked.length === 2);
    const gone = own.request('POST', path, { headers, body: '{"rows":[{"x":2}]}', signal: client.signal });
    const other = own.post(path, { rows: [{ x: 3 }] });
    await until(() => own.service.health().waiting === 2);
    client.abort();
    expectProblem(await answered(gone), 'client-gone');
    expect((await finish([first, other], go)).map(({ status }) => status)).toEqual([200, 200]);
    expect(thread.asked.at(-1)).toMatchObject({ parts: [[{ x: 3 }]] });
  });

  it('forgets what was learned for a client that has gone', async () => {
    let go: () => void = () => undefined;
    const thread = fakeThread(async () => {
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      return learnedNothing();
    });
    const own = await testApp(async () => thread);
    const client = new AbortController();
    const headers = { 'content-type': 'application/json' };
    const gone = own.request('POST', LEARN, { headers, body: JSON.stringify(buys), signal: client.signal });
    await until(() => thread.asked.length === 1);
    client.abort();
    expect((await gone).status).toBe(499);
    expect(thread.stops).toBe(1);
    go();
    await until(() => thread.forgotten.length > 0);
    expect(thread.forgotten).toEqual(['context-1']);
    expect((await own.get('/health')).body).toMatchObject({ contexts: 0 });
  });

  it('that is being stopped takes nothing new', async () => {
    const own = await testApp(async () => fakeThread());
    own.service.stop();
    expectProblem(await own.post(LEARN, buys), 'stopping', 'being stopped');
  });
});
