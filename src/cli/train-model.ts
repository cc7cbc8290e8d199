import { join } from 'node:path';
import { sizeOf } from '../core/array.js';
import { missing, usageError } from '../core/errors.js';
import { nodeEngine } from '../engine/node.js';
import { formatCount, formatInterval, formatNumber } from '../report/table.js';
import { openAnyModel } from '../runs/model-folder.js';
import { readRunSpec, runFolder, trainRun } from '../runs/training.js';
import { objectiveOf } from '../train/objectives.js';
import { presets } from '../train/presets.js';
import { replicas } from '../train/replicas.js';
import { isTables, type RunSpec } from '../train/run-spec.js';
import { localShards } from '../train/shards.js';
import { modelFolder } from './package.js';
import { duration, progress } from './progress.js';
import { trainSpecFrom } from './train-spec.js';
import type { World } from './world.js';

export interface TrainRequest {
  readonly source?: string;
  readonly settings: readonly string[];
  readonly resume?: string;
  /** The model whose weights training begins with: a folder, or one that ships. */
  readonly from?: string;
  readonly runs: string;
  readonly device: 'cpu' | 'webgpu';
  /** Whether the shards are computed one after the other on the program's own thread. */
  readonly oneThread: boolean;
  /** Seconds between checkpoints. */
  readonly checkpoint: number;
  readonly json: boolean;
}

/** Trains a spec and tells how it goes. @throws IcicleError: a wrong spec, a folder in use, a loss that is not finite */
export async function trainModel(request: TrainRequest, world: World): Promise<void> {
  const { source, settings, resume, runs, device, oneThread, json } = request;
  if (source === undefined && resume === undefined)
    throw missing(
      'preset or spec',
      `name one, such as icicle train paper-5. Presets: ${Object.keys(presets).join(', ')}`,
    );
  if (resume !== undefined && (source !== undefined || settings.length > 0))
    throw usageError('--resume goes on with the run’s own spec: leave the preset and --set away');
  const initial = request.from === undefined ? undefined : await openAnyModel(modelFolder(request.from));
  const spec =
    resume === undefined ? await trainSpecFrom(source!, settings, initial) : await readRunSpec(resume);

  // Tables come in many layouts, each of which is a program.
  const arena = !(isTables(spec) && (await world.keepMemory()));
  world.say(`${JSON.stringify(spec)}\n`);
  world.say(
    `train ${spec.name}: ${formatCount(parametersIn(spec))} parameters, ${formatCount(spec.steps)} steps of ${batchOf(spec)}\n`,
  );
  const engine = nodeEngine({ device, threads: 1, arena });
  const shards = device === 'cpu' && !oneThread ? replicas(spec, { arena }) : localShards(spec, engine);
  const interrupt = new AbortController();
  const giveBack = world.onInterrupt(async () => {
    world.say('\nstopping after this step; again to stop at once\n');
    interrupt.abort();
    return 'continue';
  });
  const bar = progress(world, 'train');
  try {
    let loss = Number.NaN;
    let first = 0;
    let begin = world.now();
    for await (const event of trainRun(spec, {
      folder: resume ?? runFolder(runs, spec),
      shards,
      engine,
      now: world.now,
      checkpointEvery: 1000 * request.checkpoint,
      signal: interrupt.signal,
      ...(initial === undefined ? {} : { initial }),
    })) {
      if (json && event.type !== 'step') {
        const { model, ...rest } = event as typeof event & { model?: { hash: string } };
        await world.out(`${JSON.stringify(model === undefined ? rest : { ...rest, hash: model.hash })}\n`);
      }
      if (event.type === 'start') {
        first = event.step;
        begin = world.now();
        const fresh = resume === undefined ? '' : ', no checkpoint yet: starting at step 0';
        const how = event.step > 0 ? `, going on from step ${formatCount(event.step)}` : fresh;
        world.say(`${event.folder}${how}\n`);
      } else if (event.type === 'step') {
        loss = Number.isNaN(loss) ? event.loss : 0.95 * loss + 0.05 * event.loss;
        const speed = ((event.step - first) * 1000) / Math.max(1, world.now() - begin);
        bar.update(
          event.step - first,
          event.steps - first,
          `step ${event.step}, loss ${formatNumber(loss)}, ${formatNumber(speed)} steps/s`,
        );
      } else if (event.type === 'evaluation') {
        bar.end();
        const told = event.rows.map(
          (row) =>
            `${row.metric}${row.reference === undefined ? '' : ` to ${row.reference}`} ${formatNumber(row.value)} (${formatInterval(row)})`,
        );
        world.say(`step ${formatCount(event.step)}, ${duration(event.seconds * 1000)}: ${told.join(', ')}\n`);
      } else if (event.type === 'stopped') {
        bar.end();
        world.say(
          `stopped at step ${formatCount(event.step)}; go on with: icicle train --resume ${event.folder}\n`,
        );
      } else if (event.type === 'done') {
        bar.end();
        const folder = join(event.folder, 'model');
        world.say(
          `done in ${duration(event.seconds * 1000)}: ${folder}, SHA-256 ${event.model.hash.slice(0, 16)}…\n\nTry next:\n` +
            `  icicle inspect ${folder}\n${isTables(spec) ? '' : `  icicle compare --model ${folder} --dims ${spec.model.inputs} --learners ols,ridge:0.1,knn:3,gd:1 -o curves.svg\n`}`,
        );
      }
    }
  } finally {
    bar.end();
    giveBack();
    await shards.close();
  }
}

const parametersIn = (spec: RunSpec): number =>
  Object.values(objectiveOf(spec).shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);

const batchOf = (spec: RunSpec): string =>
  isTables(spec) ? `about ${formatCount(spec.shards * spec.tokens)} tokens` : `${spec.episodes} prompts`;
