/** What needs Node: ONNX Runtime on this machine, files, runs, threads, tables. */
import { fileURLToPath } from 'node:url';

export { nodeEngine } from './engine/node.js';
export { compare } from './runs/compare.js';
export { writeFileAtomic } from './runs/files.js';
export { openModel, writeModel } from './runs/model-folder.js';
export { type RunEvent, runFolder, trainRun } from './runs/training.js';
export { compareTask } from './tabular/compare.js';
export type { LearnedTable } from './tabular/learn.js';
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
