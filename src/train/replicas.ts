import { Worker } from 'node:worker_threads';
import type { ShapedArray } from '../core/array.js';
import { batchSource } from './batches.js';
import type { ShardResult, Shards } from './shards.js';
import type { TrainSpec } from './spec.js';

/** The shards of a batch on a thread each, every thread with one core to itself: nothing waits within an operation. */
export function replicas(spec: TrainSpec): Shards {
  batchSource(spec, 0); // A spec that cannot be sampled is refused here and not in a thread.
  const workers = Array.from(
    { length: spec.shards },
    (_, shard) => new Worker(new URL('./replica.js', import.meta.url), { workerData: { spec, shard } }),
  );
  for (const worker of workers) worker.setMaxListeners(0);
  return {
    gradients: (step, parameters) => Promise.all(workers.map((worker) => ask(worker, { step, parameters }))),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(worker: Worker, question: { step: number; parameters: Readonly<Record<string, ShapedArray>> }): Promise<ShardResult> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', answered);
      worker.off('error', failed);
    };
    const answered = ({ result, error }: { result?: ShardResult; error?: Error }) => {
      settle();
      if (result === undefined) reject(error);
      else resolve(result);
    };
    const failed = (error: Error) => {
      settle();
      reject(error);
    };
    worker.on('message', answered);
    worker.on('error', failed);
    worker.postMessage(question);
  });
}
