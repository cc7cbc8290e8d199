import { parentPort, workerData } from 'node:worker_threads';
import { nodeEngine } from '../engine/node.js';
import { runFolder, trainRun } from '../runs/training.js';
import { type SentError, sentError } from '../train/replicas.js';
import { parseRunSpec } from '../train/run-spec.js';
import { localShards, type Shards } from '../train/shards.js';

// One run of a pool, in a thread with one core. It is told to stop by any message.

/** What the thread says. */
export type PoolMessage =
  | { readonly type: 'step'; readonly step: number }
  | { readonly type: 'end'; readonly folder: string; readonly finished: boolean }
  | { readonly type: 'error'; readonly error: SentError };

const port = parentPort!;
const say = (message: PoolMessage) => port.postMessage(message);
const { spec: raw, runs } = workerData as { spec: unknown; runs: string };
const stop = new AbortController();
port.on('message', () => stop.abort());
let shards: Shards | undefined;
try {
  const spec = parseRunSpec(raw);
  const engine = nodeEngine({ threads: 1 });
  shards = localShards(spec, engine);
  const folder = runFolder(runs, spec);
  let finished = false;
  const options = { folder, engine, shards, now: () => performance.now(), signal: stop.signal };
  for await (const event of trainRun(spec, options)) {
    if (event.type === 'step' && event.step % 10 === 0) say({ type: 'step', step: event.step });
    if (event.type === 'done') finished = true;
  }
  say({ type: 'end', folder, finished });
} catch (error) {
  say({ type: 'error', error: sentError(error) });
} finally {
  await shards?.close();
  port.close();
}
