import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IcicleError } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { specHash } from '../core/spec.js';
import type { Engine } from '../engine/engine.js';
import { modelLearner } from '../model/learner.js';
import { type Model, makeModel } from '../model/model.js';
import { parametersOf, type TrainingState, train } from '../train/loop.js';
import type { Shards } from '../train/shards.js';
import { parseTrainSpec, type TrainSpec } from '../train/spec.js';
import { readCheckpoint, writeCheckpoint } from './checkpoint.js';
import { evaluationOf } from './evaluation.js';
import { guarded, writeFileAtomic } from './files.js';
import { lock } from './lock.js';
import { openModel, writeModel } from './model-folder.js';

/** A line of `metrics.jsonl`. */
export type Metric =
  | { readonly step: number; readonly seconds: number; readonly loss: number; readonly gradientNorm: number }
  | { readonly step: number; readonly seconds: number; readonly rows: readonly Measurement[] };

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
  | { readonly type: 'done'; readonly folder: string; readonly model: Model; readonly seconds: number };

export interface RunOptions {
  /** The folder that holds run folders. */
  readonly runs: string;
  /** Computes gradients; closed by the caller. */
  readonly shards: Shards;
  /** Updates parameters and evaluates. */
  readonly engine: Engine;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Milliseconds between checkpoints. */
  readonly checkpointEvery?: number;
  /** When aborted, the run writes a checkpoint after the step in progress and stops. */
  readonly signal?: AbortSignal;
}

/** The folder of a run: its name and its spec's hash, so that the same spec is the same run. */
export const runFolder = (runs: string, spec: TrainSpec): string =>
  join(runs, `${spec.name}-${specHash(spec)}`);

/** The spec of a run folder. @throws IcicleError where the folder is no run */
export async function readRunSpec(folder: string): Promise<TrainSpec> {
  let text: string;
  try {
    text = await readFile(join(folder, 'spec.json'), 'utf8');
  } catch (cause) {
    throw new IcicleError(
      `missing spec.json in ${folder}: it is no run; runs lie in the folder given by --runs`,
      {
        exitCode: 2,
        cause,
      },
    );
  }
  return parseTrainSpec(JSON.parse(text));
}

/** Losses are averaged over this many steps before they are written down. */
const LOG_EVERY = 50;

/**
 * Runs a spec in its folder: `spec.json`, `metrics.jsonl`, `checkpoint.safetensors` and, when done, `model/`. Where a
 * checkpoint is, it goes on from there and ends with the same weights as an unbroken run. A finished run is not done again.
 * @throws IcicleError where the folder is in use, a file is damaged, the disk is full, or the loss is no longer finite
 */
export async function* trainRun(spec: TrainSpec, options: RunOptions): AsyncGenerator<RunEvent> {
  const { runs, engine, shards, now, checkpointEvery = 30_000, signal } = options;
  const folder = runFolder(runs, spec);
  await guarded(folder, () => mkdir(folder, { recursive: true }));
  const held = await lock(folder);
  try {
    const hash = specHash(spec);
    const paths = {
      checkpoint: join(folder, 'checkpoint.safetensors'),
      metrics: join(folder, 'metrics.jsonl'),
    };
    await writeFileAtomic(join(folder, 'spec.json'), `${JSON.stringify(spec, null, 2)}\n`);
    const from = await readCheckpoint(paths.checkpoint, hash);
    yield { type: 'start', folder, step: from?.step ?? 0, steps: spec.steps, specHash: hash };
    if (from?.step === spec.steps) {
      const model = await openModel(join(folder, 'model')).catch(() => undefined);
      if (model !== undefined) {
        yield { type: 'done', folder, model, seconds: await trimMetrics(paths.metrics, from.step) };
        return;
      }
    }
    const before = await trimMetrics(paths.metrics, from?.step ?? 0);
    const evaluate = await evaluationOf(spec);
    const begin = now();
    const seconds = () => before + (now() - begin) / 1000;
    let lines: Metric[] = [];
    const flush = async () => {
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      if (text !== '') await guarded(paths.metrics, () => appendFile(paths.metrics, text));
      lines = [];
    };
    let lastCheckpoint = now();
    let state: TrainingState | undefined = from;
    let losses: number[] = [];
    /** The state after the last step is still good where a step fails: it is kept, and the error says where. */
    const keepLastGood = async (cause: unknown): Promise<never> => {
      if (!(cause instanceof IcicleError) || state === undefined) throw cause;
      await flush();
      await writeCheckpoint(paths.checkpoint, state, hash);
      throw new IcicleError(
        `${cause.message}; the last good weights (step ${state.step}) are in ${paths.checkpoint}`,
        { cause },
      );
    };
    const steps = train(spec, { engine, shards, ...(from === undefined ? {} : { from }) });
    for (;;) {
      const result = await steps.next().catch(keepLastGood);
      if (result.done === true) break;
      const event = result.value;
      const { step, loss, gradientNorm } = event;
      state = event.state;
      losses.push(loss);
      yield { type: 'step', step, steps: spec.steps, loss };
      if (step % LOG_EVERY === 0 || step === spec.steps) {
        lines.push({
          step,
          seconds: seconds(),
          loss: losses.reduce((a, b) => a + b, 0) / losses.length,
          gradientNorm,
        });
        losses = [];
      }
      if (step % spec.evaluation.every === 0 || step === spec.steps) {
        const learner = modelLearner(spec.name, spec.model, parametersOf(spec, state), engine);
        const rows = await evaluate(learner);
        await learner.release();
        lines.push({ step, seconds: seconds(), rows });
        yield { type: 'evaluation', step, seconds: seconds(), rows };
      }
      const stop = signal?.aborted === true && step < spec.steps;
      if (stop || step === spec.steps || now() - lastCheckpoint >= checkpointEvery) {
        await flush();
        await writeCheckpoint(paths.checkpoint, state, hash);
        lastCheckpoint = now();
        yield { type: 'checkpoint', step };
      }
      if (stop) {
        yield { type: 'stopped', step, folder };
        return;
      }
    }
    const provenance = { kind: 'trained' as const, specHash: hash, spec, steps: spec.steps };
    const { model, files } = makeModel(spec.name, spec.model, parametersOf(spec, state!), provenance);
    await writeModel(join(folder, 'model'), files);
    yield { type: 'done', folder, model, seconds: seconds() };
  } finally {
    await held.release();
  }
}

/** Drops what was written after the checkpoint, so that no step is listed twice. Returns the seconds up to there. */
async function trimMetrics(path: string, step: number): Promise<number> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return 0;
  }
  const kept: Metric[] = [];
  for (const line of text.split('\n')) {
    try {
      const metric = JSON.parse(line) as Metric;
      if (metric.step <= step) kept.push(metric);
    } catch {
      // The last line of a killed run may be cut short.
    }
  }
  await writeFileAtomic(path, kept.map((metric) => `${JSON.stringify(metric)}\n`).join(''));
  return kept.at(-1)?.seconds ?? 0;
}
