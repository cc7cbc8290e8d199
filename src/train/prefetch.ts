import { Worker } from 'node:worker_threads';
import { type Batch, type BatchSource, batchSource } from './batches.js';
import type { TrainSpec } from './spec.js';

/** Batches that are asked for before they are needed. */
const AHEAD = 4;

/** The same batches as `batchSource`, sampled on another thread a few steps ahead. */
export function prefetched(spec: TrainSpec): { batches: BatchSource; close(): Promise<void> } {
  batchSource(spec); // The spec's errors are raised here and not in the thread.
  const worker = new Worker(new URL('./batch-worker.js', import.meta.url), { workerData: spec });
  worker.unref();
  const waiting = new Map<number, { resolve(batch: Batch): void; reject(cause: Error): void }>();
  const promised = new Map<number, Promise<Batch>>();
  worker.on('message', (batch: Batch) => {
    waiting.get(batch.step)?.resolve(batch);
    waiting.delete(batch.step);
  });
  worker.on('error', (cause) => {
    for (const { reject } of waiting.values()) reject(cause as Error);
    waiting.clear();
  });
  const ask = (step: number) => {
    if (promised.has(step) || step > spec.steps) return;
    const promise = new Promise<Batch>((resolve, reject) => waiting.set(step, { resolve, reject }));
    promise.catch(() => {}); // Reported where the batch is used.
    promised.set(step, promise);
    worker.postMessage(step);
  };
  return {
    batches: async (step) => {
      for (let ahead = 0; ahead <= AHEAD; ahead++) ask(step + ahead);
      // A pending answer must keep the process alive; an idle thread must not.
      worker.ref();
      const batch = await promised.get(step)!;
      worker.unref();
      promised.delete(step);
      return batch;
    },
    close: async () => void (await worker.terminate()),
  };
}
