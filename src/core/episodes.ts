import type { Random } from './random.js';

/**
 * A batch of prompts. Letters for axes, here and everywhere: E episodes, K points in a prompt, D inputs.
 * Point k of an episode is asked after points 0…k−1 were shown, so that one batch holds every context length from
 * 0 to K−1. Inputs are float64; nobody writes to them.
 */
export interface Episodes {
  /** Inputs, [E,K,D], row-major. */
  readonly x: Float64Array;
  /** Labels as the learner sees them (with noise), [E,K]. */
  readonly y: Float64Array;
  readonly episodes: number;
  readonly points: number;
  readonly inputs: number;
  /** Name of the family that they come from. */
  readonly family: string;
  readonly seed: number;
  /** The labels without noise, [E,K], where the family knows them. */
  readonly truth?: Float64Array;
  /** The weights of each episode's linear task, [E,D], where there are such. */
  readonly weights?: Float64Array;
  /** The standard deviation of each episode's label noise, [E], where the family knows it. */
  readonly noise?: Float64Array;
  /**
   * The points that are queries as the family means them, such as one that lies orthogonal to the examples; the others
   * are there to be examples. All points where absent.
   */
  readonly asked?: readonly number[];
}

/** Predictions for every prefix: `values[e*K + k]` is for point k of episode e, given its points 0…k−1. */
export interface Predictions {
  /** [E,K] */
  readonly values: Float64Array;
  readonly episodes: number;
  readonly points: number;
  /** How far the learner expects the label to lie from the value, noise included: its variance, [E,K], where it says so. */
  readonly variance?: Float64Array;
  /** Whether the learner takes the label to be −1 or 1 with the value as mean, so that P(1) is (1 + value)/2. */
  readonly classes?: boolean;
}

/**
 * Everything that predicts from a prompt: a textbook formula, a trained or compiled transformer, a table model, a
 * remote language model.
 */
export interface Learner {
  readonly name: string;
  /** What the learner can take; absent where it takes anything. */
  readonly limits?: { readonly inputs?: number; readonly points?: number };
  predict(episodes: Episodes): Promise<Predictions>;
}

/** A distribution over tasks. */
export interface TaskFamily {
  readonly name: string;
  readonly inputs: number;
  /** Draws `episodes` prompts of `points` points. The same stream gives the same prompts. */
  sample(request: { episodes: number; points: number; seed: number; stream: Random }): Episodes;
  /**
   * Roughly the least squared error that can be expected on the label without noise of each point, given the points
   * before it, [E,K]: how much a learner's error there says about the learner.
   */
  risk?(episodes: Episodes): Float64Array;
  /** The learner with the least expected squared error on this family, where one is known. */
  bayes?(): Learner;
}
