import { Worker } from 'node:worker_threads';
import { type ShapedArray, sizeOf } from '../core/array.js';
import { batchSource } from './batches.js';
import { banksOf, type ShardResult, type Shards } from './shards.js';
import type { TrainSpec } from './spec.js';

/** What a shard's thread is given when it starts. Arrays lie in shared memory. */
export interface ReplicaData {
  readonly spec: TrainSpec;
  readonly shard: number;
  /** `parameters/<bank>`: written by the main thread before it asks. */
  readonly shared: Readonly<Record<string, ShapedArray>>;
  /** `gradients/<bank>`: written by the shard before it answers. */
  readonly gradients: Readonly<Record<string, ShapedArray>>;
}

/** The shards of a batch on a thread each, every thread with one core to itself: nothing waits within an operation. */
export function replicas(spec: TrainSpec): Shards {
  batchSource(spec, 0); // A spec that cannot be sampled is refused here and not in a thread.
  const shared = sharedArrays(spec, 'parameters');
  const workers = Array.from({ length: spec.shards }, (_, shard) => {
    const gradients = sharedArrays(spec, 'gradients');
    const workerData: ReplicaData = { spec, shard, shared, gradients };
    const thread = new Worker(new URL('./replica.js', import.meta.url), { workerData });
    // Copies, since ONNX Runtime does not take shared memory; made once and written in every step.
    const copies = Object.fromEntries(
      Object.entries(gradients).map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float32Array(data.length) },
      ]),
    );
    const result = (loss: number): ShardResult => {
      for (const [name, { data }] of Object.entries(copies)) data.set(gradients[name]!.data);
      return { loss, gradients: copies };
    };
    return { thread, result };
  });
  return {
    gradients: (step, parameters) => {
      for (const [name, { data }] of Object.entries(shared)) data.set(parameters[name]!.data);
      return Promise.all(workers.map(async ({ thread, result }) => result(await ask(thread, step))));
    },
    close: async () => {
      await Promise.all(workers.map(({ thread }) => thread.terminate()));
    },
  };
}

function sharedArrays(spec: TrainSpec, kind: string): Record<string, ShapedArray> {
  return Object.fromEntries(
    banksOf(spec).map(({ name, shape }) => [
      `${kind}/${name}`,
      { shape, data: new Float32Array(new SharedArrayBuffer(4 * sizeOf(shape))) },
    ]),
  );
}

/** Asks a thread for the loss of a step. */
function ask(thread: Worker, step: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      thread.off('message', answered);
      thread.off('error', failed);
    };
    const answered = ({ loss, error }: { loss?: number; error?: Error }) => {
      settle();
      if (loss === undefined) reject(error);
      else resolve(loss);
    };
    const failed = (error: Error) => {
      settle();
      reject(error);
    };
    thread.on('message', answered);
    thread.on('error', failed);
    thread.postMessage(step);
  });
}
