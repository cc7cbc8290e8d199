import { readFile } from 'node:fs/promises';
import { IcicleError } from '../core/errors.js';
import { fromSafetensors, toSafetensors } from '../model/safetensors.js';
import type { TrainingState } from '../train/loop.js';
import { writeFileAtomic } from './files.js';

/** Writes a checkpoint beside the last one and renames it: there is always a whole one. */
export async function writeCheckpoint(path: string, state: TrainingState, specHash: string): Promise<void> {
  const metadata = { format: 'icicle-checkpoint-1', spec: specHash, step: String(state.step) };
  await writeFileAtomic(path, toSafetensors({ tensors: state.arrays, metadata }));
}

/**
 * The state in a checkpoint; undefined where there is none yet.
 * @throws IcicleError where it is damaged or belongs to another spec
 */
export async function readCheckpoint(path: string, specHash: string): Promise<TrainingState | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  const { tensors, metadata } = fromSafetensors(bytes, path);
  if (metadata.spec !== specHash)
    throw new IcicleError(
      `${path} belongs to spec ${metadata.spec}, this run's is ${specHash}: resume with the run's own spec`,
    );
  return { step: Number(metadata.step), arrays: tensors };
}
