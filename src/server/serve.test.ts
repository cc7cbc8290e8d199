import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { expect, it } from 'vitest';
import { icicle, inRoot, ROOT } from '../testing/repository.js';
import { people, tinyModel, without } from './app.test.helper.js';

const agent = new Agent({ keepAlive: true });

interface Sent {
  readonly status: number;
  readonly connection: string | undefined;
  readonly text: string;
}

/** One request with a body in two chunks, so that its length is not told before. */
const send = (url: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Sent> =>
  new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { 'content-type': 'application/json' };
    const sent = request(`${url}${path}`, { agent, method, headers, ...(signal ? { signal } : {}) });
    sent.on('error', reject);
    sent.on('response', async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode!, connection: response.headers.connection, text });
    });
    if (body !== undefined) {
      const whole = JSON.stringify(body);
      sent.write(whole.slice(0, 7));
      sent.write(whole.slice(7));
    }
    sent.end();
  });

// The only test with sockets: the verb in a process of its own.
it('icicle serve answers HTTP until it is told to stop', async () => {
  const flags = ['--model', await tinyModel(), '--port', '0', '--threads', '1', '--json'];
  const child = spawn(process.execPath, [inRoot('dist', 'cli', 'main.js'), 'serve', ...flags], { cwd: ROOT });
  const exit = once(child, 'exit');
  let [out, err] = ['', ''];
  child.stderr.on('data', (data) => {
    err += data;
  });
  child.stdout.on('data', (data) => {
    out += data;
  });
  try {
    while (!out.includes('\n')) await Promise.race([once(child.stdout, 'data'), exit]);
    const { url, model, limits } = JSON.parse(out);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(err).toBe(`tiny (${model.hash.slice(0, 12)}) listens on ${url}\n`);
    expect(limits).toMatchObject({ labelledRows: 2000, seconds: 30 });

    const learned = await send(url, '/v1/contexts', { rows: without(people(40), 'spends'), target: 'buys' });
    expect(learned.status).toBe(201);
    const predict = `/v1/contexts/${JSON.parse(learned.text).id}/predict`;
    const rows = without(people(2), 'buys', 'spends');
    expect(JSON.parse((await send(url, predict, { rows })).text).predictions).toHaveLength(2);
    const problem = await send(url, predict, { rows: 1 });
    expect([problem.status, JSON.parse(problem.text).errors[0].pointer]).toEqual([400, '#/rows']);

    // A client that goes does not stop others.
    const client = new AbortController();
    const many = { rows: Array(600).fill(rows[0]) };
    const first = send(url, predict, many);
    const gone = send(url, predict, many, client.signal);
    const other = send(url, predict, { rows });
    setTimeout(() => client.abort(), 5);
    await expect(gone).rejects.toThrow('aborted');
    expect([(await first).status, (await other).status]).toEqual([200, 200]);

    const { port } = new URL(url);
    const taken = await icicle(['serve', ...flags.with(3, port)], ROOT);
    expect([taken.code, taken.out]).toEqual([1, '']);
    expect(taken.err).toContain(`port ${port} of 127.0.0.1 is taken`);

    // What is under way is answered before the end.
    let answers = 0;
    const last = [many, many, many].map(async (body) => {
      const answer = await send(url, predict, body);
      answers++;
      return answer;
    });
    while (answers === 0 && JSON.parse((await send(url, '/health')).text).waiting < 2);
    child.kill('SIGTERM');
    expect((await Promise.all(last)).map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await last[2])?.connection).toBe('close');
    expect(await exit).toEqual([0, null]);
    expect(err.split('\n')).toEqual([
      expect.stringContaining('listens on'),
      '',
      expect.stringContaining('answering what is under way'),
      '',
    ]);
    expect(out.split('\n')).toHaveLength(2);
  } finally {
    child.kill('SIGKILL');
    agent.destroy();
  }
}, 240_000);
