export * from './elementwise.js';
export { eyeLike } from './eye.js';
export { concat, pad, reshape, slice, transpose } from './layout.js';
export * from './matmul.js';
export * from './mean.js';
export * from './normalise.js';
export { expand, reduceSum, zerosLike } from './reduce.js';
export * from './split.js';
