export * from './elementwise.js';
export * from './layout.js';
export * from './matmul.js';
export * from './normalise.js';
export * from './reduce.js';
