import { parentPort, workerData } from 'node:worker_threads';
import { batchSource } from './batches.js';
import type { TrainSpec } from './spec.js';

// The thread that samples batches while the main thread computes: asked for a step, it answers with that step's batch.

const sample = batchSource(workerData as TrainSpec);
parentPort!.on('message', async (step: number) => {
  const batch = await sample(step);
  parentPort!.postMessage(batch, [...new Set([batch.x.buffer, batch.y.buffer, batch.target.buffer])]);
});
