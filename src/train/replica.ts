import { parentPort, workerData } from 'node:worker_threads';
import { nodeEngine } from '../engine/node.js';
import { type ReplicaAnswer, type ReplicaData, type ReplicaQuestion, sentError } from './replicas.js';
import { shardWorker } from './shards.js';

// The thread of one shard: asked for a step, it reads the shared parameters, leaves its gradients in shared memory and
// answers with the loss. It samples the next step's prompts while the main thread updates the parameters.

const { spec, shard, shared, gradients, arena } = workerData as ReplicaData;
const worker = shardWorker(spec, shard, nodeEngine({ threads: 1, arena }));
// ONNX Runtime does not take shared memory: the parameters are copied once a step.
const parameters = Object.fromEntries(
  Object.entries(shared).map(([name, { shape, data }]) => [
    name,
    { shape, data: new Float32Array(data.length) },
  ]),
);

const answer = (message: ReplicaAnswer): void => parentPort!.postMessage(message);

parentPort!.on('message', async (step: ReplicaQuestion) => {
  if (step === 'end') return parentPort!.close(); // What is in progress ends, and then the thread.
  try {
    for (const [name, { data }] of Object.entries(parameters)) data.set(shared[name]!.data);
    const result = await worker.gradients(step, parameters);
    for (const [name, { data }] of Object.entries(gradients)) data.set(result.gradients[name]!.data);
    answer({ loss: result.loss });
  } catch (error) {
    answer({ error: sentError(error) });
  }
  worker.prepare(step + 1);
});
