import { parentPort, workerData } from 'node:worker_threads';
import type { ShapedArray } from '../core/array.js';
import { nodeEngine } from '../engine/node.js';
import { shardWorker } from './shards.js';
import type { TrainSpec } from './spec.js';

// The thread of one shard: asked for a step with the parameters, it answers with loss and gradients, and samples the next
// step's prompts while the main thread updates the parameters.

const { spec, shard } = workerData as { spec: TrainSpec; shard: number };
const worker = shardWorker(spec, shard, nodeEngine({ threads: 1 }));

parentPort!.on('message', async ({ step, parameters }: { step: number; parameters: Record<string, ShapedArray> }) => {
  try {
    const result = await worker.gradients(step, parameters);
    const buffers = Object.values(result.gradients).map(({ data }) => data.buffer as ArrayBuffer);
    parentPort!.postMessage({ result }, buffers);
  } catch (error) {
    parentPort!.postMessage({ error });
  }
  await worker.prepare(step + 1);
});
