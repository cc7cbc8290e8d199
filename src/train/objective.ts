import type { ShapedArray } from '../core/array.js';
import type { Tensor } from '../graph/tensor.js';
import type { Parameters } from '../model/parameters.js';

/** What is trained: parameters, one shard of what a step eats, and the loss. The rest of training knows no more of a model. */
export interface Objective {
  /** Every parameter's name and shape. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Parameters before the first step. */
  fresh(): Parameters;
  /**
   * Gives one shard's feeds, by name, for any step: a pure function of the step, so that a resumed run sees the same ones.
   * @throws IcicleError (exit code 2) where the spec cannot be sampled; the sampler, where a step cannot
   */
  sampler(shard: number): (step: number) => Promise<Readonly<Record<string, ShapedArray>>>;
  /** How many layouts of feeds take turns, so that as many graphs are kept; 1 where the shapes change rarely. */
  readonly layouts: number;
  /** The loss, [], of feeds with the shapes of some step. */
  loss(feeds: Readonly<Record<string, Tensor>>, parameters: Readonly<Record<string, Tensor>>): Tensor;
}
