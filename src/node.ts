/** What needs Node: ONNX Runtime on this machine, files, runs, threads, tables. */
export { nodeEngine } from './engine/node.js';
export { compare } from './runs/compare.js';
export { writeFileAtomic } from './runs/files.js';
export { openModel, writeModel } from './runs/model-folder.js';
export { type RunEvent, runFolder, trainRun } from './runs/training.js';
export { replicas } from './train/replicas.js';
