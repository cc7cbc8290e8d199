import { parentPort, workerData } from 'node:worker_threads';
import { IcicleError } from '../core/errors.js';
import { nodeEngine } from '../engine/node.js';
import { runFolder, trainRun } from '../runs/training.js';
import { localShards } from '../train/shards.js';
import { parseTrainSpec } from '../train/spec.js';

// One run of a pool, in a thread with one core. It is told to stop by any message.

/** What the thread says. */
export type PoolMessage =
  | { readonly type: 'step'; readonly step: number }
  | { readonly type: 'end'; readonly folder: string; readonly finished: boolean }
  | { readonly type: 'error'; readonly message: string; readonly exitCode?: 1 | 2 };

const port = parentPort!;
const say = (message: PoolMessage) => port.postMessage(message);
const { spec: raw, runs } = workerData as { spec: unknown; runs: string };
const spec = parseTrainSpec(raw);
const engine = nodeEngine({ threads: 1 });
const shards = localShards(spec, engine);
const stop = new AbortController();
port.on('message', () => stop.abort());
try {
  const folder = runFolder(runs, spec);
  let finished = false;
  const options = { folder, engine, shards, now: () => performance.now(), signal: stop.signal };
  for await (const event of trainRun(spec, options)) {
    if (event.type === 'step' && event.step % 10 === 0) say({ type: 'step', step: event.step });
    if (event.type === 'done') finished = true;
  }
  say({ type: 'end', folder, finished });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  say({ type: 'error', message, ...(error instanceof IcicleError ? { exitCode: error.exitCode } : {}) });
} finally {
  await shards.close();
  port.close();
}
