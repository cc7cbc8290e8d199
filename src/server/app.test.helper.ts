import type { z } from '@hono/zod-openapi';
import { afterAll } from 'vitest';
import { random } from '../core/random.js';
import { makeTableModel } from '../model/model.js';
import { tableConfig } from '../model/table/config.js';
import { initialiseTable } from '../model/table/parameters.js';
import { writeModel } from '../runs/model-folder.js';
import type { Cell } from '../tabular/memory.js';
import type { Prediction } from '../tabular/prediction.js';
import { temporaryFolder } from '../testing/repository.js';
import { tableApp } from './app.js';
import { LIMITS, type Limits } from './limits.js';
import type { LearnedContext, Part, Question } from './protocol.js';
import type { problem } from './schemas.js';
import { type ContextView, type ServiceOptions, tableService } from './service.js';
import { type LearnerThread, startThread, ThreadEnded } from './thread.js';

/** A folder with a tiny model of random weights; it is removed when the tests of a file are done. */
export async function tinyModel(): Promise<string> {
  const { folder, remove } = temporaryFolder();
  afterAll(remove);
  const config = tableConfig.parse({ width: 8, layers: 2, heads: 2, thinking: 2, codes: 4, quantiles: 7 });
  const origin = { kind: 'trained', specHash: 'none', spec: {} } as const;
  await writeModel(folder, makeTableModel('tiny', config, initialiseTable(config, 1), origin).files);
  return folder;
}

export type TestRow = Record<string, Cell>;

/** Rows about people, of which those older than 40 buy, and spend more. */
export function people(count: number, seed = 1): TestRow[] {
  const stream = random(seed, 'people');
  return Array.from({ length: count }, () => {
    const age = 20 + stream.integer(40);
    const city = ['Oslo', 'Rome', 'Bonn'][stream.integer(3)]!;
    return { age, city, buys: age > 40 ? 'yes' : 'no', spends: 3 * age + stream.normal() };
  });
}

/** Without some columns. */
export const without = (rows: readonly TestRow[], ...names: readonly string[]): TestRow[] =>
  rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name))));

/** What a thread that computes nothing says that it has learned. */
export const learnedNothing = (bytes = 100): LearnedContext => ({
  target: 'y',
  kind: 'number',
  labelled: 3,
  columns: [{ name: 'x', kind: 'number' }],
  quality: null,
  share: 1,
  warnings: [],
  bytes,
});

export interface FakeThread extends LearnerThread {
  readonly asked: Question[];
  readonly forgotten: string[];
  stops: number;
  end(reason: string): void;
}

/** A thread that computes nothing: `answer` says what it answers. */
export function fakeThread(
  answer: (question: Question) => unknown = (question) =>
    question.type === 'learn' ? learnedNothing() : question.parts.map((): Part => ({ predictions: [] })),
): FakeThread {
  const asked: Question[] = [];
  const forgotten: string[] = [];
  let end: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const thread: FakeThread = {
    ...{ asked, forgotten, ended, end, stops: 0, model: { name: 'fake', hash: 'f'.repeat(64) } },
    ask: async (question) => {
      asked.push(question);
      const lost = ended.then((reason) => {
        throw new ThreadEnded(reason);
      });
      return (await Promise.race([answer(question), lost])) as never;
    },
    stop: () => {
      thread.stops++;
    },
    forget: (ids) => {
      forgotten.push(...ids);
    },
    terminate: async () => end('it was terminated'),
  };
  return thread;
}

/** What an answer was, of whatever kind it is. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ContextView & { readonly predictions: readonly Prediction[] } & z.output<typeof problem>;
}

export interface TestApp {
  readonly logs: string[];
  request(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** Posts JSON; a text is posted as it is. */
  post(path: string, body: unknown, init?: RequestInit): Promise<Answered>;
  get(path: string): Promise<Answered>;
  /** Milliseconds since 1970, as the server sees it. */
  time: { now: number };
  service: Awaited<ReturnType<typeof tableService>>;
}

/** The server without sockets. @param model a folder, or a thread that computes nothing */
export async function testApp(
  model: string | (() => Promise<LearnerThread>),
  limits: Partial<Limits> = {},
  options: Partial<ServiceOptions> = {},
): Promise<TestApp> {
  const all = { ...LIMITS, ...limits };
  const logs: string[] = [];
  const time = { now: Date.parse('2026-01-01T00:00:00Z') };
  let ids = 0;
  const log = (text: string) => {
    logs.push(text);
  };
  const service = await tableService({
    limits: all,
    startThread:
      typeof model === 'string'
        ? () => startThread({ model, threads: 1, contextBytes: all.contextBytes })
        : model,
    newId: () => `context-${++ids}`,
    now: () => time.now,
    log,
    ...options,
  });
  afterAll(() => service.close());
  const app = tableApp({ service, limits: all, version: '0.0.0', ownHostOnly: true, log });
  const request = async (method: string, path: string, init: RequestInit = {}) =>
    app.request(path, { method, ...init });
  const read = async (response: Response): Promise<Answered> => {
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  return {
    ...{ logs, request, time, service },
    post: async (path, body, init) =>
      read(
        await request('POST', path, {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
          ...init,
        }),
      ),
    get: async (path) => read(await request('GET', path)),
  };
}
