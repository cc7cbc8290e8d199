/** Tensor graphs: ops with shapes, gradients, optimisers, ONNX out. */
export { gelu, normalisedLinear } from './composites/index.js';
export { evaluate } from './evaluate.js';
export { matmulFlops } from './flops.js';
export { gradients } from './gradients.js';
export { type OnnxOptions, toOnnx } from './onnx.js';
export * as ops from './ops/index.js';
export { adam } from './optimise/adam.js';
export { clipByGlobalNorm } from './optimise/clip.js';
export { muon } from './optimise/muon.js';
export type { Optimiser } from './optimise/optimiser.js';
export { rateAt, type Schedule } from './optimise/schedule.js';
export { lower, simplify } from './rewrite.js';
export { constant, type Graph, graph, input, type Tensor, type Value } from './tensor.js';
