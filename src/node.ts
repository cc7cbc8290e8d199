/** What needs Node: ONNX Runtime on this machine, files, runs, threads, tables. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type EncoderFileOptions, type OnnxEncoder, onnxEncoder } from './attach/index.js';
import { IcicleError } from './core/errors.js';
import { type NodeEngineOptions, nodeEngine, openOnnx } from './engine/node.js';
import { openTabular } from './runs/tabular.js';
import type { TabularLearner } from './tabular/tabular.js';

export { nodeEngine, openOnnx } from './engine/node.js';
export { compare } from './runs/compare.js';
export { writeFileAtomic } from './runs/files.js';
export { openModel, writeModel } from './runs/model-folder.js';
export { openTabular } from './runs/tabular.js';
export { type RunEvent, runFolder, trainRun } from './runs/training.js';
export { compareTask } from './tabular/compare.js';
export { compareTabular } from './tabular/evaluate/compare.js';
export type { LearnedTable } from './tabular/learn.js';
export { openTable } from './tabular/read.js';
export type { Splits } from './tabular/splits.js';
export {
  learnTask,
  openTask,
  type Predicted,
  predictRows,
  type TableRequest,
  type TableTask,
} from './tabular/task.js';
export { replicas } from './train/replicas.js';

/** The folder of a model that ships with the package, such as `linear-8`. */
export const shippedModel = (name: string): string =>
  fileURLToPath(new URL(`../models/${name}`, import.meta.url));

/**
 * A frozen model that learns tables: the one that ships with the package, or one in a folder.
 * @throws IcicleError where a file is missing (exit code 2), cannot be read, is cut short or altered, or holds another kind of model
 */
export const open = (model = 'tabular', options: NodeEngineOptions = {}): Promise<TabularLearner> =>
  openTabular(existsSync(shippedModel(model)) ? shippedModel(model) : model, nodeEngine(options));

/**
 * An ONNX file as a frozen encoder of arrays of numbers, for `attach`.
 * @throws IcicleError where the file cannot be read, is no encoder, or takes other inputs than one array of float32 of a fixed size
 */
export async function openEncoder(
  file: string,
  options: EncoderFileOptions & Pick<NodeEngineOptions, 'threads'> = {},
): Promise<OnnxEncoder<ArrayLike<number>>> {
  let onnx: Uint8Array;
  try {
    onnx = await readFile(file);
  } catch (cause) {
    throw new IcicleError(`cannot read ${file}: ${(cause as Error).message}`, { exitCode: 2, cause });
  }
  return onnxEncoder(onnx, (bytes) => openOnnx(bytes, options), options);
}
