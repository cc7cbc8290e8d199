import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IcicleError, invalid, missing } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { canonicalJson, specHash } from '../core/spec.js';
import type { Engine } from '../engine/engine.js';
import type { AnyModel } from '../model/model.js';
import { isDouble } from '../model/parameters.js';
import { freshState, parametersOf, type TrainingState, train } from '../train/loop.js';
import { objectiveOf } from '../train/objectives.js';
import { parseRunSpec, type RunSpec } from '../train/run-spec.js';
import type { Shards } from '../train/shards.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { guarded } from './file-errors.js';
import { readIfThere, removeTemporaries, writeFileAtomic } from './files.js';
import { lock } from './lock.js';
import { appendMetrics, type LossSum, type Metric, trimMetrics } from './metrics.js';
import { writeModel } from './model-folder.js';
import { traineeOf } from './trainee.js';

export type RunEvent =
  | {
      readonly type: 'start';
      readonly folder: string;
      readonly step: number;
      readonly steps: number;
      readonly specHash: string;
    }
  | { readonly type: 'step'; readonly step: number; readonly steps: number; readonly loss: number }
  | {
      readonly type: 'evaluation';
      readonly step: number;
      readonly seconds: number;
      readonly rows: readonly Measurement[];
    }
  | { readonly type: 'checkpoint'; readonly step: number }
  /** Interrupted: the checkpoint is written and the run can go on. */
  | { readonly type: 'stopped'; readonly step: number; readonly folder: string }
  | { readonly type: 'done'; readonly folder: string; readonly model: AnyModel; readonly seconds: number };

export interface RunOptions {
  /** The run's own folder, such as `runFolder(runs, spec)`; it is made where it is not there. */
  readonly folder: string;
  /** Computes gradients; closed by the caller. */
  readonly shards: Shards;
  /** Updates parameters and evaluates. */
  readonly engine: Engine;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds between checkpoints. */
  readonly checkpointEvery?: number;
  /** The model whose weights the run begins with, where the spec names one and no checkpoint is there yet. */
  readonly initial?: AnyModel;
  /** When aborted, the run writes a checkpoint after the step in progress and stops. */
  readonly signal?: AbortSignal;
}

/** The folder of a run: its name and its spec's hash, so that the same spec is the same run. */
export const runFolder = (runs: string, spec: RunSpec): string =>
  join(runs, `${spec.name}-${specHash(spec)}`);

/**
 * The spec of a run folder.
 * @throws IcicleError where the folder is no run (exit code 2), or its spec is damaged or cannot be read
 */
export async function readRunSpec(folder: string): Promise<RunSpec> {
  const path = join(folder, 'spec.json');
  const bytes = await readIfThere(path);
  if (bytes === undefined)
    throw missing(`spec.json in ${folder}`, 'it is no run; runs lie in the folder given by --runs');
  let spec: unknown;
  try {
    spec = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new IcicleError(
      `${path} is damaged: it is no JSON; train with the run's preset or spec instead of --resume: that writes it again`,
      { cause },
    );
  }
  return parseRunSpec(spec);
}

/** Losses are averaged over this many steps before they are written down. */
const LOG_EVERY = 50;

/**
 * Runs a spec in a folder: `spec.json`, `metrics.jsonl`, `checkpoint.safetensors` and, when done, `model/`. Where a
 * checkpoint is, it goes on from there and ends with the same weights as an unbroken run. A finished run is not done again.
 * @throws IcicleError where the folder is in use, a file is damaged or of another spec, the disk is full, or a step is not
 * finite: then the checkpoint holds the state before that step
 */
export async function* trainRun(spec: RunSpec, options: RunOptions): AsyncGenerator<RunEvent> {
  const { folder } = options;
  await guarded('write', folder, () => mkdir(folder, { recursive: true }));
  const held = await lock(folder);
  try {
    for (const place of [folder, join(folder, 'model')]) await removeTemporaries(place);
    yield* trainHere(spec, options);
  } finally {
    await held.release();
  }
}

/** The state that a run begins with. @throws IcicleError where the model that the spec names is not the one given */
function firstState(spec: RunSpec, initial: AnyModel | undefined): TrainingState {
  if (spec.from === undefined) return freshState(spec);
  if (initial === undefined)
    throw missing(
      `the model ${spec.from.slice(0, 12)}…, whose weights the run begins with`,
      'name it with --from',
    );
  if (initial.hash !== spec.from)
    throw invalid('--from', initial.name, `the spec begins with the model of SHA-256 ${spec.from}`);
  if (!growsInto(initial.config, spec.model))
    throw invalid(
      '--from',
      initial.name,
      'its config is not the spec’s model: leave --set model… away (of tables only model.decoder may become both)',
    );
  if (isDouble(initial.parameters))
    throw invalid(
      '--from',
      initial.name,
      'its weights are float64, and training is in float32; compile it again with --precision float32',
    );
  return freshState(spec, { ...objectiveOf(spec).fresh(), ...initial.parameters });
}

/** Whether a model's parameters are all among those of another config: the same, or with a decoder that has more to it. */
function growsInto(config: AnyModel['config'], model: RunSpec['model']): boolean {
  const grown = 'decoder' in config && 'decoder' in model && model.decoder === 'both';
  return canonicalJson(grown ? { ...config, decoder: model.decoder } : config) === canonicalJson(model);
}

/** The run itself, in a folder that nobody else works in. */
async function* trainHere(spec: RunSpec, options: RunOptions): AsyncGenerator<RunEvent> {
  const { folder, engine, shards, now, checkpointEvery = 30_000, signal } = options;
  const hash = specHash(spec);
  const paths = {
    checkpoint: join(folder, 'checkpoint.safetensors'),
    metrics: join(folder, 'metrics.jsonl'),
    model: join(folder, 'model'),
  };
  const from = await readCheckpoint(paths.checkpoint, spec);
  const first = from?.state ?? firstState(spec, options.initial);
  await writeFileAtomic(join(folder, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`);
  yield { type: 'start', folder, step: from?.state.step ?? 0, steps: spec.steps, specHash: hash };
  await trimMetrics(paths.metrics, from?.state.step ?? 0);
  const trainee = await traineeOf(spec, engine);
  if (from?.state.step === spec.steps) {
    const model = await trainee.open(paths.model).catch(() => undefined);
    if (model !== undefined) {
      yield { type: 'done', folder, model, seconds: from.seconds };
      return;
    }
  }
  const begin = now();
  const seconds = () => (from?.seconds ?? 0) + (now() - begin) / 1000;
  let state: TrainingState | undefined = from?.state;
  let losses: LossSum = from?.losses ?? { sum: 0, count: 0 };
  let lines: Metric[] = [];
  let lastCheckpoint = now();
  const save = async (last: TrainingState) => {
    await appendMetrics(paths.metrics, lines);
    lines = [];
    await writeCheckpoint(paths.checkpoint, { state: last, seconds: seconds(), losses }, spec);
    lastCheckpoint = now();
  };
  /** The state after the last step is still good where a step fails: it is kept, and the error says where. */
  const keepLastGood = async (cause: unknown): Promise<never> => {
    if (!(cause instanceof IcicleError) || state === undefined) throw cause;
    await save(state);
    throw new IcicleError(
      `${cause.message}; the last good weights (step ${state.step}) are in ${paths.checkpoint}`,
      { exitCode: cause.exitCode, cause },
    );
  };
  const steps = train(spec, { engine, shards, from: first });
  try {
    for (;;) {
      const result = await steps.next().catch(keepLastGood);
      if (result.done === true) break;
      const { step, loss, gradientNorm } = result.value;
      state = result.value.state;
      losses = { sum: losses.sum + loss, count: losses.count + 1 };
      yield { type: 'step', step, steps: spec.steps, loss };
      if (step % LOG_EVERY === 0 || step === spec.steps) {
        lines.push({ step, seconds: seconds(), loss: losses.sum / losses.count, gradientNorm });
        losses = { sum: 0, count: 0 };
      }
      if (step % spec.evaluation.every === 0 || step === spec.steps) {
        const rows = await trainee.evaluate(parametersOf(spec, state));
        lines.push({ step, seconds: seconds(), rows });
        yield { type: 'evaluation', step, seconds: seconds(), rows };
      }
      const stop = signal?.aborted === true && step < spec.steps;
      if (stop || step === spec.steps || now() - lastCheckpoint >= checkpointEvery) {
        await save(state);
        yield { type: 'checkpoint', step };
      }
      if (stop) {
        yield { type: 'stopped', step, folder };
        return;
      }
    }
  } finally {
    await steps.return(undefined); // Releases its session, whatever ended the loop.
  }
  const provenance = { kind: 'trained' as const, specHash: hash, spec, steps: spec.steps };
  const { model, files } = trainee.make(parametersOf(spec, state!), provenance);
  await writeModel(paths.model, files);
  yield { type: 'done', folder, model, seconds: seconds() };
}
