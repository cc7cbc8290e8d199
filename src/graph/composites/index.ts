// Composites are ops made of others that bring a gradient rule of their own, where the rule that follows from the parts
// would cost more passes over memory. Attention is none: softmax has its own rule, and the rest of it is matrix products,
// with no pass to save.
export { gelu } from './gelu.js';
export { type Linear, normalisedLinear } from './normalised-linear.js';
