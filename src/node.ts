/** What needs Node: ONNX Runtime on this machine, files, runs, threads, tables. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NodeEngineOptions, nodeEngine } from './engine/node.js';
import { openTabular } from './runs/tabular.js';
import type { TabularLearner } from './tabular/tabular.js';

export { nodeEngine } from './engine/node.js';
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
