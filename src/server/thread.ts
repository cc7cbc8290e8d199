import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { IcicleError } from '../core/errors.js';
import {
  ALL,
  type Answer,
  type Failure,
  type LearnedContext,
  type LearnerData,
  type ModelName,
  NATIVE,
  type Part,
  type Posted,
  type Question,
  SHARED_BYTES,
  STOP,
} from './protocol.js';

/** One thread that computes, from its start to its end. It is asked one thing at a time. */
export interface LearnerThread {
  readonly model: ModelName;
  /** @throws ThreadEnded where the thread ends before it answers, ThreadFailure where it answers that something failed */
  ask<T extends Question['type']>(question: Extract<Question, { type: T }>): Promise<AnswerTo<T>>;
  /** Tells it to end what it does between two passes of the network. */
  stop(): void;
  forget(ids: readonly string[]): void;
  /** Ends it, whatever it does. What it was asked fails at once; native code is waited for, since to end it there ends the process. */
  terminate(): Promise<void>;
  /** Why it ended, once it has. */
  readonly ended: Promise<string>;
}

export type AnswerTo<T extends Question['type']> = T extends 'learn' ? LearnedContext : readonly Part[];

/** The thread ended before it answered. */
export class ThreadEnded extends Error {}

/** What the thread said went wrong. */
export class ThreadFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** Milliseconds between two looks at whether native code has come back. */
const LOOK = 20;

/** The thread that ships. */
export const LEARNER_WORKER = new URL('./worker.js', import.meta.url);

/**
 * Starts a thread and waits until it has opened the model.
 * @param data what it is given
 * @throws IcicleError where the model cannot be opened
 */
export async function startThread(
  data: Omit<LearnerData, 'shared'>,
  worker: URL = LEARNER_WORKER,
): Promise<LearnerThread> {
  const flags = new Int32Array(new SharedArrayBuffer(SHARED_BYTES));
  const thread = new Worker(worker, { workerData: { ...data, shared: flags.buffer } });
  let number = 0;
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined;
  let reason: string | undefined;
  let tell: (reason: string) => void;
  const ended = new Promise<string>((resolve) => {
    tell = resolve;
  });
  let exited = false;
  const end = (why: string) => {
    if (reason !== undefined) return;
    reason = why;
    waiting?.reject(new ThreadEnded(why));
    waiting = undefined;
    tell(why);
  };
  const next = () =>
    new Promise<Answer>((resolve, reject) => {
      if (reason !== undefined) reject(new ThreadEnded(reason));
      else waiting = { resolve, reject };
    });
  thread.on('message', (answer: Answer) => {
    const current = waiting;
    if (current === undefined || ('number' in answer && answer.number !== number)) return;
    waiting = undefined;
    current.resolve(answer);
  });
  thread.on('error', (error) => end(`it threw: ${error instanceof Error ? error.message : error}`));
  thread.on('messageerror', () => end('its answer could not be read'));
  thread.on('exit', (code) => {
    exited = true;
    end(`it ended with ${code}`);
  });
  const post = (posted: Posted) => thread.postMessage(posted);

  const first = await next();
  if (first.type === 'unready') {
    await thread.terminate();
    throw first.exitCode === undefined
      ? new Error(first.failure.message)
      : new IcicleError(first.failure.message, { exitCode: first.exitCode });
  }
  if (first.type !== 'ready') throw new Error(`a thread that starts with "${first.type}"`);
  return {
    model: first.model,
    ended,
    ask: async (question) => {
      if (reason === undefined) post({ type: 'ask', number: ++number, question });
      const answer = await next();
      if (answer.type === 'failed') throw new ThreadFailure(answer.failure);
      return (
        answer.type === 'learned' ? answer.context : (answer as { parts: readonly Part[] }).parts
      ) as never;
    },
    stop: () => {
      if (Atomics.load(flags, STOP) !== ALL) Atomics.store(flags, STOP, number);
    },
    forget: (ids) => post({ type: 'forget', ids }),
    terminate: async () => {
      end('it was terminated');
      Atomics.store(flags, STOP, ALL);
      // One that died there never comes back.
      while (!exited && Atomics.load(flags, NATIVE) > 0) await delay(LOOK);
      await thread.terminate();
    },
  };
}
