import type { ShapedArray } from '../core/array.js';
import type { Episodes, Learner } from '../core/episodes.js';
import { unsupported } from '../core/errors.js';
import type { Engine, Program } from '../engine/engine.js';
import { constant, graph, input } from '../graph/tensor.js';
import type { TransformerConfig } from './config.js';
import { type Parameters, parameterShapes } from './parameters.js';
import { forward } from './transformer.js';

/** Episodes that run through the network at once: keeps memory bounded whatever is asked. */
const CHUNK = 64;

export interface ModelLearner extends Learner {
  release(): Promise<void>;
}

/**
 * A transformer as a learner. Prompts may be shorter, and points may have fewer inputs, than the model was trained with:
 * a missing input is zero, as in its training. One program is kept for each length of prompt.
 * @throws IcicleError (on predict) where prompts are longer or wider than the model takes
 */
export function modelLearner(
  name: string,
  config: TransformerConfig,
  parameters: Parameters,
  engine: Engine,
): ModelLearner {
  const programs = new Map<number, Promise<Program>>();
  const programFor = (points: number): Promise<Program> => {
    const known = programs.get(points) ?? engine.compile(inferenceGraph(config, points, parameters));
    programs.set(points, known);
    return known;
  };
  return {
    name,
    limits: { inputs: config.inputs, points: config.points },
    predict: async (episodes) => {
      checkLimits(name, config, episodes);
      const program = await programFor(episodes.points);
      const values = new Float64Array(episodes.episodes * episodes.points);
      for (let first = 0; first < episodes.episodes; first += CHUNK) {
        const feeds = feedsOf(config, episodes, first, Math.min(CHUNK, episodes.episodes - first));
        const { predictions } = await program.run(feeds);
        values.set(predictions!.data, first * episodes.points);
      }
      return { values, episodes: episodes.episodes, points: episodes.points };
    },
    release: async () => {
      for (const program of programs.values()) await (await program).release();
      programs.clear();
    },
  };
}

/** The forward pass with the weights inside and the number of episodes open: x [E,K,D], y [E,K] → predictions [E,K]. */
export function inferenceGraph(config: TransformerConfig, points: number, parameters: Parameters) {
  const frozen = Object.fromEntries(
    Object.keys(parameterShapes(config)).map((name) => {
      const { data, shape } = parameters[name]!;
      return [name, constant(data, shape)];
    }),
  );
  const x = input('x', ['episodes', points, config.inputs]);
  const y = input('y', ['episodes', points]);
  return graph({ predictions: forward(config, frozen, x, y).predictions });
}

function checkLimits(name: string, config: TransformerConfig, { points, inputs }: Episodes): void {
  if (points > config.points)
    throw unsupported(
      'examples',
      points - 1,
      `${name} takes at most ${config.points - 1}; use --examples ${config.points - 1} or another model`,
    );
  if (inputs > config.inputs)
    throw unsupported(
      'inputs',
      inputs,
      `${name} takes at most ${config.inputs}; use --dims ${config.inputs} or another model`,
    );
}

/** Episodes first…first+count−1 as the network's inputs, missing inputs zero. */
function feedsOf(
  config: TransformerConfig,
  { x, y, points, inputs }: Episodes,
  first: number,
  count: number,
): Record<string, ShapedArray> {
  const wide = new Float32Array(count * points * config.inputs);
  for (let row = 0; row < count * points; row++)
    for (let d = 0; d < inputs; d++) wide[row * config.inputs + d] = x[(first * points + row) * inputs + d]!;
  return {
    x: { shape: [count, points, config.inputs], data: wide },
    y: {
      shape: [count, points],
      data: Float32Array.from(y.subarray(first * points, (first + count) * points)),
    },
  };
}
