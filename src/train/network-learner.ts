import type { ShapedArray } from '../core/array.js';
import { sizeOf } from '../core/array.js';
import type { Episodes, Learner } from '../core/episodes.js';
import { invalid } from '../core/errors.js';
import { permutation, type Random, random } from '../core/random.js';
import type { Engine, Program } from '../engine/engine.js';
import { gradients } from '../graph/gradients.js';
import { add, matmul, mul, reduceSum, relu, square, sub } from '../graph/ops/index.js';
import { adam } from '../graph/optimise/adam.js';
import { type Graph, graph, input } from '../graph/tensor.js';
import { next } from './step.js';

export interface NetworkOptions {
  /** Hidden units. Default 100. */
  readonly hidden?: number;
  /** Steps of Adam. Default 5000. */
  readonly steps?: number;
  /** Examples of a step; all where there are fewer. Default 10. */
  readonly batch?: number;
  /** Adam's rate. Default 0.005; Garg et al. take 0.05 on linear data. */
  readonly rate?: number;
  /** Seed of the first parameters and of the batches. Default 1. */
  readonly seed?: number;
}

/** Networks that are trained at once, each in its place of the same arrays. */
const CHUNK = 64;

/**
 * A two-layer ReLU network, w₂ᵀ relu(W₁x + b₁) + b₂, trained by Adam on the examples of each prefix, from the same first
 * parameters and for the same number of steps: what plain training makes of the examples that others are only shown
 * (Garg et al., arXiv 2208.01066, §5 and appendix A.3: 100 units, 5000 steps of 10 examples; their code has 100 steps of
 * 100). The network before the first example is not asked: the prediction is 0. First parameters are
 * U(±1/√fan-in), Adam's decays 0.9 and 0.999. Costs steps × batch × hidden × inputs for every prefix of every episode.
 * @throws IcicleError where hidden, steps, batch or seed is not a whole number in its range, or the rate not above 0.
 */
export function networkLearner(engine: Engine, options: NetworkOptions = {}): Learner {
  const { hidden = 100, steps = 5000, batch = 10, rate = 0.005, seed = 1 } = options;
  whole('number of hidden units', hidden, 1);
  whole('number of Adam steps', steps, 1);
  whole('examples of a step', batch, 1);
  whole('seed', seed, 0);
  if (!(rate > 0 && rate < Number.POSITIVE_INFINITY))
    throw invalid('Adam rate', rate, 'it must be a number greater than 0, such as 0.005');
  const setting = { hidden, steps, batch, rate, seed };
  return {
    name: `network:${hidden}:${steps}`,
    predict: async (episodes) => ({
      values: await predictAll(engine, episodes, setting),
      episodes: episodes.episodes,
      points: episodes.points,
    }),
  };
}

function whole(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw invalid(what, value, `it must be a whole number from ${least}`);
}

type Setting = Required<NetworkOptions>;

async function predictAll(engine: Engine, episodes: Episodes, setting: Setting): Promise<Float64Array> {
  const values = new Float64Array(episodes.episodes * episodes.points);
  for (let first = 0; first < episodes.episodes; first += CHUNK) {
    const count = Math.min(CHUNK, episodes.episodes - first);
    // Contexts shorter than a batch have steps of their own length, longer ones share theirs.
    const sizes = new Set(
      Array.from({ length: episodes.points - 1 }, (_, k) => Math.min(k + 1, setting.batch)),
    );
    for (const size of sizes) {
      const program = await engine.compile(stepGraph(count, size, episodes.inputs, setting));
      try {
        for (let k = size; k < episodes.points && Math.min(k, setting.batch) === size; k++)
          await trainPrefix(program, { episodes, first, count, k, size }, setting, values);
      } finally {
        await program.release();
      }
    }
  }
  return values;
}

/** Shapes of the parameters of `count` networks, by name. */
const shapesOf = (count: number, inputs: number, hidden: number): Record<string, readonly number[]> => ({
  w1: [count, inputs, hidden],
  b1: [count, 1, hidden],
  w2: [count, hidden, 1],
  b2: [count, 1, 1],
});

const SLOTS = ['first', 'second'] as const;
const optimiser = adam({ beta1: 0.9, beta2: 0.999 });

/**
 * One step of `count` networks, each on its own examples. Inputs: x [N,B,D], y [N,B,1], `parameter/<name>`,
 * `first/<name>`, `second/<name>`, and Adam's scalars. Outputs: the new state as `next/…`.
 */
function stepGraph(count: number, size: number, inputs: number, { hidden, rate }: Setting): Graph {
  const shapes = shapesOf(count, inputs, hidden);
  const names = Object.keys(shapes);
  const x = input('x', [count, size, inputs]);
  const y = input('y', [count, size, 1]);
  const parameters = names.map((name) => input(`parameter/${name}`, shapes[name]!));
  const [w1, b1, w2, b2] = parameters;
  const units = relu(add(matmul(x, w1!), b1!)); // [N,B,H]
  const predictions = add(matmul(units, w2!), b2!); // [N,B,1]
  // The networks share no parameter: the sum of their losses gives each its own gradient.
  const loss = mul(reduceSum(square(sub(predictions, y))), 1 / size);
  const slopes = gradients(loss, parameters);
  const scalars = Object.fromEntries(
    Object.keys(optimiser.scalars(1)).map((name) => [name, input(name, [])]),
  );
  const peak = mul(input('one', []), rate);
  const outputs: Parameters<typeof graph>[0] = Object.assign(
    {},
    ...names.map((name, i) => {
      const { parameter, state } = optimiser.update({
        parameter: parameters[i]!,
        gradient: slopes[i]!,
        state: Object.fromEntries(SLOTS.map((slot) => [slot, input(`${slot}/${name}`, shapes[name]!)])),
        rate: peak,
        scalars,
      });
      return {
        [next(`parameter/${name}`)]: parameter,
        ...Object.fromEntries(SLOTS.map((slot) => [next(`${slot}/${name}`), state[slot]!])),
      };
    }),
  );
  return graph(outputs);
}

interface PrefixOf {
  readonly episodes: Episodes;
  /** Episodes first … first + count − 1. */
  readonly first: number;
  readonly count: number;
  /** Number of examples. */
  readonly k: number;
  /** Examples of a step. */
  readonly size: number;
}

/** Trains a network for each episode on its first k examples and asks it for point k. */
async function trainPrefix(program: Program, prefix: PrefixOf, setting: Setting, values: Float64Array) {
  const { episodes, first, count, k, size } = prefix;
  const { points, inputs } = episodes;
  const { steps, seed } = setting;
  let state = firstState(count, inputs, setting);
  const x = new Float64Array(count * size * inputs);
  const y = new Float64Array(count * size);
  const stream = random(seed, 'network batches', k);
  for (let step = 1; step <= steps; step++) {
    const chosen = k === size ? undefined : permutation(k, stream);
    // A context that fits into a batch stays where it is.
    if (step === 1 || chosen !== undefined)
      for (let e = 0; e < count; e++)
        for (let i = 0; i < size; i++) {
          const from = (first + e) * points + (chosen?.[i] ?? i);
          x.set(episodes.x.subarray(from * inputs, (from + 1) * inputs), (e * size + i) * inputs);
          y[e * size + i] = episodes.y[from]!;
        }
    const scalars = Object.entries({ ...optimiser.scalars(step), one: 1 });
    const now = await program.run({
      ...state,
      ...Object.fromEntries(scalars.map(([name, value]) => [name, scalar(value)])),
      x: { shape: [count, size, inputs], data: x },
      y: { shape: [count, size, 1], data: y },
    });
    state = Object.fromEntries(Object.keys(state).map((name) => [name, now[next(name)]!]));
  }
  for (let e = 0; e < count; e++) {
    const at = (first + e) * points + k;
    values[at] = answer(state, e, episodes.x.subarray(at * inputs, (at + 1) * inputs), setting.hidden);
  }
}

const scalar = (value: number): ShapedArray => ({ shape: [], data: Float64Array.of(value) });

/** The same first parameters for every network. */
function firstState(count: number, inputs: number, { hidden, seed }: Setting): Record<string, ShapedArray> {
  const stream = random(seed, 'network parameters');
  const fanIn: Record<string, number> = { w1: inputs, b1: inputs, w2: hidden, b2: hidden };
  return Object.fromEntries(
    Object.entries(shapesOf(count, inputs, hidden)).flatMap(([name, shape]) => {
      const one = uniform(sizeOf(shape) / count, 1 / Math.sqrt(fanIn[name]!), stream);
      const data = new Float64Array(sizeOf(shape));
      for (let at = 0; at < data.length; at += one.length) data.set(one, at);
      return [
        [`parameter/${name}`, { shape, data }],
        ...SLOTS.map((slot) => [`${slot}/${name}`, { shape, data: new Float64Array(data.length) }]),
      ];
    }),
  );
}

function uniform(count: number, most: number, stream: Random): Float64Array {
  return Float64Array.from({ length: count }, () => (2 * stream.uniform() - 1) * most);
}

/** What network e says to one input. */
function answer(
  state: Readonly<Record<string, ShapedArray>>,
  e: number,
  x: Float64Array,
  hidden: number,
): number {
  const of = (name: string) => state[`parameter/${name}`]!.data;
  const [w1, b1, w2] = [of('w1'), of('b1'), of('w2')];
  let value = of('b2')[e]!;
  for (let h = 0; h < hidden; h++) {
    let unit = b1[e * hidden + h]!;
    for (let j = 0; j < x.length; j++) unit += w1[(e * x.length + j) * hidden + h]! * x[j]!;
    if (unit > 0) value += unit * w2[e * hidden + h]!;
  }
  return value;
}
