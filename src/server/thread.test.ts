import { describe, expect, it } from 'vitest';
import { testApp, tinyModel } from './app.test.helper.js';
import { startThread } from './thread.js';

const ODD = new URL('./odd-worker.test.helper.js', import.meta.url);
const start = (model = 'odd') => startThread({ model, contextBytes: 1e9 }, ODD);
const rows = [{ x: 1 }];
const learn = { path: '/v1/contexts', body: { rows, target: 'y' } };

describe('a thread that starts', () => {
  it('names its model', async () => {
    const thread = await startThread({ model: await tinyModel(), threads: 1, contextBytes: 1e9 });
    expect(thread.model).toMatchObject({ name: 'tiny', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await thread.terminate();
    expect(await thread.ended).toBe('it was terminated');
  });

  it('says why the model cannot be opened, and with which exit code', async () => {
    await expect(start('unready')).rejects.toMatchObject({ message: 'missing model.json', exitCode: 2 });
    const missing = startThread({ model: '/nowhere', contextBytes: 1e9 });
    await expect(missing).rejects.toMatchObject({ name: 'IcicleError', exitCode: 2 });
  });

  it('may end before it is ready', async () => {
    await expect(start('ends')).rejects.toThrow('it ended with 3');
    await expect(start('throws')).rejects.toThrow('it threw: broken');
  });
});

it('is not ended within native code, which would end the process', async () => {
  const thread = await start();
  const answer = thread.ask({ type: 'learn', id: 'a', rows, options: { target: 'native' } });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const begun = performance.now();
  const ended = thread.terminate();
  // Who asked is told at once.
  await expect(answer).rejects.toThrow('it was terminated');
  expect(performance.now() - begun).toBeLessThan(300);
  await ended;
  expect(performance.now() - begun).toBeGreaterThan(300);
});

it('is not waited for where it died within native code', async () => {
  const thread = await start();
  await expect(
    thread.ask({ type: 'learn', id: 'a', rows, options: { target: 'dies in native' } }),
  ).rejects.toThrow('it ended with 5');
  await thread.terminate();
});

describe('a server whose thread is lost', () => {
  it.each(['end', 'throw'])('starts another and goes on: %s', async (target) => {
    const { post, get, logs } = await testApp(() => start());
    const { id } = (await post(learn.path, learn.body)).body;
    const lost = await post(learn.path, { ...learn.body, target });
    expect(lost).toMatchObject({ status: 503, body: { type: 'urn:problem-type:icicle:learner-gone' } });
    expect(lost.headers.get('retry-after')).toBe('1');
    for (const answer of [
      await post(`${learn.path}/${id}/predict`, { rows }),
      await get(`${learn.path}/${id}`),
    ])
      expect(answer).toMatchObject({ status: 404, body: { detail: expect.stringContaining('was lost') } });
    expect((await post(learn.path, learn.body)).status).toBe(201);
    expect((await get('/health')).body.status).toBe('ok');
    expect(logs).toEqual([expect.stringContaining("the learner's thread was lost: it")]);
    expect(JSON.stringify(lost.body)).not.toContain('secret');
  });

  it('ends one that is stuck past its time, and those who wait are answered by the next', async () => {
    const { post, logs } = await testApp(() => start(), { seconds: 0.3 }, { grace: 100 });
    const stuck = await post(learn.path, { ...learn.body, target: 'stuck' });
    expect(stuck).toMatchObject({
      status: 504,
      body: { detail: expect.stringContaining('longer than 0.3 seconds') },
    });
    let answer = await post(learn.path, learn.body);
    for (let i = 0; i < 100 && answer.status === 504; i++) answer = await post(learn.path, learn.body);
    expect(answer.status).toBe(201);
    expect(logs).toEqual([expect.stringContaining('it was terminated')]);
  });

  it('only tells one to stop that does stop, and keeps its contexts', async () => {
    const { post, logs } = await testApp(() => start(), { seconds: 0.3 }, { grace: 60_000 });
    const { id } = (await post(learn.path, learn.body)).body;
    expect((await post(learn.path, { ...learn.body, target: 'stoppable' })).status).toBe(504);
    expect((await post(`${learn.path}/${id}/predict`, { rows })).status).toBe(200);
    expect(logs).toEqual([]);
  });

  it('stops work for which nobody waits any longer', async () => {
    const { request, post } = await testApp(() => start());
    const client = new AbortController();
    const body = JSON.stringify({ ...learn.body, target: 'stoppable' });
    const headers = { 'content-type': 'application/json' };
    const gone = request('POST', learn.path, { headers, body, signal: client.signal });
    setTimeout(() => client.abort(), 50);
    expect((await gone).status).toBe(499);
    expect((await post(learn.path, learn.body)).status).toBe(201);
  });

  it('says no more of a bug than that there is one', async () => {
    const { post, logs } = await testApp(() => start());
    const { status, body } = await post(learn.path, { ...learn.body, target: 'bug' });
    expect([status, body.detail]).toEqual([500, 'this is a bug of the server, whose log tells more']);
    expect(logs).toEqual(['a bug: its stack']);
  });

  it('tries again with each request where no other can be started', async () => {
    let starts = 0;
    const { post, get, logs } = await testApp(() => start(++starts === 2 || starts === 3 ? 'ends' : 'odd'));
    await post(learn.path, { ...learn.body, target: 'end' });
    while (logs.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect((await get('/health')).body.status).toBe('starting');
    expect((await post(learn.path, learn.body)).status).toBe(503);
    expect((await post(learn.path, learn.body)).status).toBe(201);
    expect(logs.slice(1)).toEqual(Array(2).fill("no learner's thread could be started: it ended with 3"));
  });
});
