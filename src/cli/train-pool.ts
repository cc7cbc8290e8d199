import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Learner } from '../core/episodes.js';
import { IcicleError } from '../core/errors.js';
import { formatCount } from '../report/table.js';
import { runFolder } from '../runs/training.js';
import { receivedError } from '../train/replicas.js';
import type { TrainSpec } from '../train/spec.js';
import { stepWork } from './budget.js';
import type { PoolMessage } from './pool-worker.js';
import { progress } from './progress.js';
import type { World } from './world.js';

/** The specs that have no finished run yet, each once. */
export function unfinished(
  specs: readonly TrainSpec[],
  runs: string,
): { readonly folder: string; readonly spec: TrainSpec }[] {
  return [...new Map(specs.map((spec) => [runFolder(runs, spec), spec]))]
    .map(([folder, spec]) => ({ folder, spec }))
    .filter(({ folder }) => !existsSync(join(folder, 'model', 'model.json')));
}

/**
 * Trains every spec that has no finished run yet, `jobs` at a time, each on a thread of its own: one run a core is the
 * fastest for models of this size. Ctrl-C stops after the steps in progress, and the same command goes on.
 * @returns the runs' folders, in the order of the specs
 * @throws IcicleError where a run fails, or the pool was stopped
 */
async function trainPool(
  specs: readonly TrainSpec[],
  { runs, jobs }: { readonly runs: string; readonly jobs: number },
  world: World,
): Promise<string[]> {
  const folders = specs.map((spec) => runFolder(runs, spec));
  const open = unfinished(specs, runs);
  const all = new Set(folders).size;
  world.say(`${formatCount(all - open.length)} of ${all} runs are done already\n`);
  const works = open.map(({ spec }) => stepWork(spec) * spec.steps);
  const total = works.reduce((a, b) => a + b, 0);
  const shares = open.map(() => 0);
  const bar = progress(world, 'train');
  const workers = new Set<Worker>();
  let stopped = false;
  let done = 0;
  let next = 0;
  const giveBack = world.onInterrupt(async () => {
    world.say('\nstopping after the steps in progress; again to stop at once\n');
    stopped = true;
    for (const worker of workers) worker.postMessage('stop');
    return 'continue';
  });
  const show = () => {
    const work = works.reduce((sum, own, i) => sum + own * shares[i]!, 0);
    bar.update(Math.round((1000 * work) / total), 1000, `${done} of ${open.length} runs`);
  };
  /** Takes the next spec until none is left. */
  const lane = async () => {
    while (next < open.length && !stopped) {
      const at = next++;
      const { spec } = open[at]!;
      const finished = await runOne(spec, runs, workers, (step) => {
        shares[at] = step / spec.steps;
        show();
      });
      if (finished) done++;
      shares[at] = finished ? 1 : shares[at]!;
      show();
    }
  };
  try {
    const lanes = Array.from({ length: Math.max(1, jobs) }, () =>
      lane().catch((error) => {
        // The others write a checkpoint and begin nothing new.
        stopped = true;
        for (const worker of workers) worker.postMessage('stop');
        throw error;
      }),
    );
    const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected');
    if (failed !== undefined) throw (failed as PromiseRejectedResult).reason;
  } finally {
    bar.end();
    giveBack();
  }
  if (stopped)
    throw new IcicleError(
      `stopped with ${done} of ${open.length} runs done; the same command goes on from here`,
    );
  return folders;
}

/**
 * Trains what is missing of planned runs and judges every model, in their order.
 * @param judge is called with a plan and its model's learner, one at a time
 */
export async function trainAndJudge<Plan extends { readonly train: TrainSpec }, Judged>(
  plans: readonly Plan[],
  pool: { readonly runs: string; readonly jobs: number },
  judge: (plan: Plan, learner: Learner) => Promise<Judged>,
  world: World,
): Promise<Judged[]> {
  const folders = await trainPool(
    plans.map(({ train }) => train),
    pool,
    world,
  );
  const bar = progress(world, 'judge');
  const judged: Judged[] = [];
  try {
    for (const [i, plan] of plans.entries()) {
      const model = await world.openModel(join(folders[i]!, 'model'));
      try {
        judged.push(await judge(plan, model.learner));
      } finally {
        await model.close();
      }
      bar.update(i + 1, plans.length);
    }
  } finally {
    bar.end();
  }
  return judged;
}

/** Trains one spec in a thread. @returns whether it was finished */
function runOne(
  spec: TrainSpec,
  runs: string,
  workers: Set<Worker>,
  onStep: (step: number) => void,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./pool-worker.js', import.meta.url), { workerData: { spec, runs } });
    workers.add(worker);
    let finished = false;
    let failure: Error | undefined;
    worker.on('message', (message: PoolMessage) => {
      if (message.type === 'step') onStep(message.step);
      else if (message.type === 'end') finished = message.finished;
      else failure = receivedError(message.error);
    });
    worker.on('error', (error) => {
      failure = error;
    });
    worker.on('exit', (code) => {
      workers.delete(worker);
      if (code !== 0) failure ??= new Error(`the thread of run ${spec.name} ended with ${code}`);
      if (failure === undefined) resolve(finished);
      else reject(failure);
    });
  });
}
