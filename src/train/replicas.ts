import { Worker } from 'node:worker_threads';
import { type ShapedArray, sizeOf } from '../core/array.js';
import { IcicleError } from '../core/errors.js';
import { objectiveOf } from './objectives.js';
import type { RunSpec } from './run-spec.js';
import { banksOf, type ShardResult, type Shards } from './shards.js';

/** What a shard's thread is given when it starts. Arrays lie in shared memory. */
export interface ReplicaData {
  readonly spec: RunSpec;
  readonly shard: number;
  /** As in `NodeEngineOptions`. */
  readonly arena: boolean;
  /** `parameters/<bank>`: written by the main thread before it asks. */
  readonly shared: Readonly<Record<string, ShapedArray>>;
  /** `gradients/<bank>`: written by the shard before it answers. */
  readonly gradients: Readonly<Record<string, ShapedArray>>;
}

/** What a shard's thread is asked for: the gradients of a step, or to end. */
export type ReplicaQuestion = number | 'end';

/** What it answers to a step. */
export type ReplicaAnswer = { readonly loss: number } | { readonly error: SentError };

/** What is left of an error between threads, where classes get lost; without an exit code it is a bug. */
export interface SentError {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly exitCode?: 1 | 2;
}

export function sentError(error: unknown): SentError {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  return error instanceof IcicleError ? { message, stack, exitCode: error.exitCode } : { message, stack };
}

/** The error that was sent; its stack is the one in the thread. */
export function receivedError({ message, stack, exitCode }: SentError): Error {
  const error = exitCode === undefined ? new Error(message) : new IcicleError(message, { exitCode });
  if (stack !== undefined) error.stack = stack;
  return error;
}

/**
 * The shards of a batch on a thread each, every thread with one core to itself: nothing waits within an operation.
 * @param options.arena as in `NodeEngineOptions`
 * @throws IcicleError where spec and family do not fit. `gradients` rejects with what a shard's thread threw, and where a
 * thread ended, `close` included.
 */
export function replicas(spec: RunSpec, { arena = true }: { readonly arena?: boolean } = {}): Shards {
  objectiveOf(spec).sampler(0); // A spec that cannot be sampled is refused here and not in a thread.
  const shared = sharedArrays(spec, 'parameters');
  const threads = Array.from({ length: spec.shards }, (_, shard) => replica(spec, shard, shared, arena));
  return {
    gradients: (step, parameters) => {
      for (const [name, { data }] of Object.entries(shared)) data.set(parameters[name]!.data);
      return Promise.all(threads.map(({ gradients }) => gradients(step)));
    },
    close: async () => {
      await Promise.all(threads.map(({ close }) => close()));
    },
  };
}

/** One thread. It answers one step at a time; the first error that ends it is what every later step is told. */
function replica(spec: RunSpec, shard: number, shared: ReplicaData['shared'], arena: boolean) {
  const gradients = sharedArrays(spec, 'gradients');
  const workerData: ReplicaData = { spec, shard, shared, gradients, arena };
  const thread = new Worker(new URL('./replica.js', import.meta.url), { workerData });
  // Copies, since ONNX Runtime does not take shared memory; made once and written in every step.
  const copies = Object.fromEntries(
    Object.entries(gradients).map(([name, { shape, data }]) => [
      name,
      { shape, data: new Float32Array(data.length) },
    ]),
  );
  let asked: { resolve: (result: ShardResult) => void; reject: (error: Error) => void } | undefined;
  let ended: Error | undefined;
  const end = (error: Error) => {
    ended ??= error;
    asked?.reject(ended);
  };
  thread.on('message', (answer: ReplicaAnswer) => {
    if ('error' in answer) return asked?.reject(receivedError(answer.error));
    for (const [name, { data }] of Object.entries(copies)) data.set(gradients[name]!.data);
    asked?.resolve({ loss: answer.loss, gradients: copies });
  });
  const gone = () =>
    end(new IcicleError(`the thread of shard ${shard} has ended: go on from the last checkpoint`));
  thread.on('error', end);
  thread.on('exit', gone);
  const exited = new Promise<void>((resolve) => thread.on('exit', () => resolve()));
  const ask = (question: ReplicaQuestion) => thread.postMessage(question);
  return {
    gradients: (step: number) =>
      new Promise<ShardResult>((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        asked = { resolve, reject };
        ask(step);
      }),
    // Not `terminate`: that ends the whole process where the thread is just loading or running ONNX Runtime.
    close: () => {
      gone();
      ask('end');
      return exited;
    },
  };
}

function sharedArrays(spec: RunSpec, kind: string): Record<string, ShapedArray> {
  return Object.fromEntries(
    banksOf(spec).map(({ name, shape }) => [
      `${kind}/${name}`,
      { shape, data: new Float32Array(new SharedArrayBuffer(4 * sizeOf(shape))) },
    ]),
  );
}
