import { createHash } from 'node:crypto';
import { IcicleError } from '../core/errors.js';
import { specHash } from '../core/spec.js';
import { fromSafetensors, type SafetensorsFile, toSafetensors } from '../model/safetensors.js';
import { arrayShapes, type TrainingState } from '../train/loop.js';
import type { RunSpec } from '../train/run-spec.js';
import { readIfThere, writeFileAtomic } from './files.js';
import type { LossSum } from './metrics.js';

/** All that a run needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly state: TrainingState;
  /** Time spent training so far. */
  readonly seconds: number;
  /** Losses that no line of the metrics holds yet. */
  readonly losses: LossSum;
}

const FORMAT = 'icicle-checkpoint-2';

/**
 * Writes a checkpoint beside the last one and renames it: there is always a whole one.
 * @throws IcicleError where the file cannot be written
 */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint, spec: RunSpec): Promise<void> {
  const { state, seconds, losses } = checkpoint;
  const metadata = {
    format: FORMAT,
    spec: specHash(spec),
    step: String(state.step),
    seconds: String(seconds),
    lossSum: String(losses.sum),
    lossCount: String(losses.count),
  };
  const file = { tensors: state.arrays, metadata };
  const sealed = { ...file, metadata: { ...metadata, sha256: seal(file) } };
  await writeFileAtomic(path, toSafetensors(sealed));
}

/** SHA-256 of a checkpoint as it was before its own hash went into it. */
const seal = (file: SafetensorsFile): string =>
  createHash('sha256').update(toSafetensors(file)).digest('hex');

/**
 * The checkpoint in a file; undefined where there is none yet.
 * @throws IcicleError where it is damaged, cannot be read, or belongs to another spec
 */
export async function readCheckpoint(path: string, spec: RunSpec): Promise<Checkpoint | undefined> {
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  const startAgain = 'delete it to start again from step 0, or restore it from a copy';
  const damaged = (why: string, cause?: unknown) =>
    new IcicleError(`${path} is damaged: ${why}; ${startAgain}`, { cause });
  let file: SafetensorsFile;
  try {
    file = fromSafetensors(bytes, path);
  } catch (cause) {
    throw damaged('it is not whole', cause);
  }
  const { sha256, ...metadata } = file.metadata;
  if (metadata.format !== FORMAT)
    throw new IcicleError(
      `${path} is of the format ${metadata.format}, this version reads ${FORMAT}; ${startAgain}`,
    );
  if (sha256 !== seal({ tensors: file.tensors, metadata })) throw damaged('its SHA-256 is not what it says');
  const hash = specHash(spec);
  if (metadata.spec !== hash)
    throw new IcicleError(
      `${path} belongs to spec ${metadata.spec}, this run's is ${hash}: restore the run's own spec.json, or train into another folder`,
    );
  const step = Number(metadata.step);
  if (!Number.isInteger(step) || step < 0 || step > spec.steps) throw damaged(`its step is ${metadata.step}`);
  const wrong = difference(file.tensors, arrayShapes(spec));
  if (wrong !== undefined) throw damaged(wrong);
  return {
    state: { step, arrays: file.tensors },
    seconds: Number(metadata.seconds),
    losses: { sum: Number(metadata.lossSum), count: Number(metadata.lossCount) },
  };
}

/** The first array that is missing, misshapen or too many. */
function difference(
  found: SafetensorsFile['tensors'],
  expected: Readonly<Record<string, readonly number[]>>,
): string | undefined {
  for (const [name, shape] of Object.entries(expected)) {
    if (!Object.hasOwn(found, name)) return `"${name}" is missing`;
    if (found[name]!.shape.join() !== shape.join())
      return `"${name}" is [${found[name]!.shape}], expected [${shape}]`;
  }
  const extra = Object.keys(found).find((name) => !Object.hasOwn(expected, name));
  return extra === undefined ? undefined : `"${extra}" is not part of it`;
}
