import type { Tensor } from '../tensor.js';

/**
 * A rule that turns gradients into better parameters, as a pure function on symbolic tensors, so that it runs inside the
 * training graph on whatever device the graph runs on.
 */
export interface Optimiser {
  /** Names of what it remembers of each parameter. Each has the parameter's shape and starts at zero. */
  readonly slots: readonly string[];
  /** Numbers that change from step to step, for step 1, 2, … */
  scalars(step: number): Readonly<Record<string, number>>;
  update(now: {
    readonly parameter: Tensor;
    readonly gradient: Tensor;
    readonly state: Readonly<Record<string, Tensor>>;
    /** Learning rate, a scalar. */
    readonly rate: Tensor;
    readonly scalars: Readonly<Record<string, Tensor>>;
  }): { readonly parameter: Tensor; readonly state: Readonly<Record<string, Tensor>> };
}
