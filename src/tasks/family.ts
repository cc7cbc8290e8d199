import type { Episodes, Learner, TaskFamily } from '../core/episodes.js';
import type { Random } from '../core/random.js';

/** A family as data: its name, and the options that its schema knows. */
export type FamilySpec = { readonly family: string } & Readonly<Record<string, unknown>>;
/** A family together with the complete spec that makes it again. */
export type SpecifiedFamily = TaskFamily & { readonly spec: FamilySpec };
/** Makes the family that a spec, or a name alone, describes: `parseFamily`, handed to families that wrap another. */
export type ParseFamily = (spec: unknown) => Family;

/** What is to be learned in an episode: a function of the inputs. */
export interface Task {
  /** The label without noise of the input that begins at `from` in `x`. */
  at(x: Float64Array, from: number): number;
  /** The weights w, [D], of a task wᵀx. */
  readonly weights?: Float64Array;
}

/** One episode in parts, of which a decorator changes one and keeps the rest. */
export interface Episode {
  /** Inputs, [K,D]. */
  readonly x: Float64Array;
  readonly task: Task;
  /** The label of point k as the learner sees it, given the one without noise. The same where absent. */
  readonly label?: (k: number, truth: number) => number;
  /** The standard deviation of the label noise, where it is known. */
  readonly noise?: number;
}

/** What a family is made of. */
export interface Parts<S extends FamilySpec = FamilySpec> {
  readonly name: string;
  readonly spec: S;
  readonly inputs: number;
  /** Draws one episode, from the stream alone. */
  episode(points: number, stream: Random): Episode;
  /** σ, where every episode has Gaussian label noise of this one size, 0 for none. */
  readonly sigma?: number | undefined;
  /** The Bayes learner where the labels have Gaussian noise of this size in place of the family's own. */
  readonly bayesUnder?: ((sigma: number) => Learner) | undefined;
  /** The Bayes learner; by default `bayesUnder(sigma)`, where both are known. */
  readonly bayes?: (() => Learner) | undefined;
  readonly risk?: ((episodes: Episodes) => Float64Array) | undefined;
  /** Whether the labels are the classes −1 and 1. */
  readonly classes?: boolean | undefined;
  /**
   * How the inputs tell about the task: `zeros`, weights are 0 where inputs are; `inputs`, they are drawn for the task. Where
   * absent they do not, and `bayes` holds for any other inputs too.
   */
  readonly entangled?: 'zeros' | 'inputs' | undefined;
  /** The tasks, where they are a fixed pool, drawn on first use. */
  readonly pool?: (() => readonly Task[]) | undefined;
  /** Which of so many points are queries as the family means them; all where absent. */
  readonly asked?: ((points: number) => readonly number[]) | undefined;
}

/** A family of this room: a `TaskFamily` that decorators can wrap. */
export type Family<S extends FamilySpec = FamilySpec> = TaskFamily & Parts<S>;

/** A family from its parts: `sample` writes one episode after the other into a batch. */
export function makeFamily<S extends FamilySpec>(parts: Parts<S>): Family<S> {
  const { sigma, bayesUnder, bayes, risk, ...rest } = parts;
  const best =
    bayes ?? (sigma === undefined || bayesUnder === undefined ? undefined : () => bayesUnder(sigma));
  return {
    ...rest,
    sigma,
    bayesUnder,
    ...(risk === undefined ? {} : { risk }),
    ...(best === undefined ? {} : { bayes: best }),
    sample: (request) => sample(parts, request),
  };
}

function sample(
  { name, inputs, episode, asked }: Parts,
  request: { episodes: number; points: number; seed: number; stream: Random },
): Episodes {
  const { episodes, points, seed, stream } = request;
  const x = new Float64Array(episodes * points * inputs);
  const y = new Float64Array(episodes * points);
  const truth = new Float64Array(episodes * points);
  let weights: Float64Array | undefined;
  let noise: Float64Array | undefined;
  for (let e = 0; e < episodes; e++) {
    const drawn = episode(points, stream);
    x.set(drawn.x, e * points * inputs);
    for (let k = 0; k < points; k++) {
      const value = drawn.task.at(drawn.x, k * inputs);
      truth[e * points + k] = value;
      y[e * points + k] = drawn.label === undefined ? value : drawn.label(k, value);
    }
    if (drawn.task.weights !== undefined) {
      weights ??= new Float64Array(episodes * inputs);
      weights.set(drawn.task.weights, e * inputs);
    }
    if (drawn.noise !== undefined) {
      noise ??= new Float64Array(episodes);
      noise[e] = drawn.noise;
    }
  }
  return {
    x,
    y,
    truth,
    ...(weights === undefined ? {} : { weights }),
    ...(noise === undefined ? {} : { noise }),
    ...(asked === undefined ? {} : { asked: asked(points) }),
    episodes,
    points,
    inputs,
    family: name,
    seed,
  };
}

/** The task wᵀx; inputs from `active` on do not count. */
export function linearTask(weights: Float64Array, active = weights.length): Task {
  return {
    weights,
    at: (x, from) => {
      let value = 0;
      for (let j = 0; j < active; j++) value += weights[j]! * x[from + j]!;
      return value;
    },
  };
}

/** So many standard normal draws. */
export function normals(count: number, stream: Random): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = stream.normal();
  return values;
}

/** So many of the indices 0…n−1, each set as likely (the first draws of Fisher–Yates). */
export function subset(n: number, count: number, stream: Random): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < count; i++) {
    const j = i + stream.integer(n - i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.slice(0, count);
}

/** All sets of `count` of the indices 0…n−1, each ascending. */
export function subsets(n: number, count: number, first = 0): number[][] {
  if (count === 0) return [[]];
  const all: number[][] = [];
  for (let i = first; i <= n - count; i++)
    for (const rest of subsets(n, count - 1, i + 1)) all.push([i, ...rest]);
  return all;
}

/** How many sets of `count` of n there are. */
export function choose(n: number, count: number): number {
  let value = 1;
  for (let i = 1; i <= count; i++) value = (value * (n - count + i)) / i;
  return Math.round(value);
}
