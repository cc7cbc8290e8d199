import type { ShapedArray } from '../core/array.js';
import type { Episodes } from '../core/episodes.js';
import { unknown } from '../core/errors.js';
import type { Engine } from '../engine/engine.js';
import { constant, graph, input } from '../graph/tensor.js';
import type { Model } from './model.js';
import { forward } from './transformer.js';

/** The names of all activations of a model, such as `blocks.2.attention.pattern`. */
export function activationNames({ config, parameters }: Pick<Model, 'config' | 'parameters'>): string[] {
  const { activations } = forwardOn({ config, parameters }, config.points);
  return Object.keys(activations);
}

/**
 * What happens inside: activations of a model on some episodes, by name. States are [E,T,M], attention patterns [E,H,T,T],
 * hidden layers [E,T,R]; tokens alternate between question and example.
 * @throws IcicleError (exit code 2) where a name is unknown
 */
export async function trace(
  model: Pick<Model, 'config' | 'parameters'>,
  episodes: Episodes,
  names: readonly string[],
  engine: Engine,
): Promise<Record<string, ShapedArray>> {
  const { activations } = forwardOn(model, episodes.points);
  for (const name of names)
    if (!Object.hasOwn(activations, name)) throw unknown('activation', name, Object.keys(activations));
  const wanted = Object.fromEntries(names.map((name) => [name, activations[name]!]));
  const program = await engine.compile(graph(wanted));
  try {
    const { x, y, points, inputs, episodes: count } = episodes;
    return await program.run({
      x: { shape: [count, points, inputs], data: x },
      y: { shape: [count, points], data: y },
    });
  } finally {
    await program.release();
  }
}

function forwardOn({ config, parameters }: Pick<Model, 'config' | 'parameters'>, points: number) {
  const frozen = Object.fromEntries(
    Object.entries(parameters).map(([name, { data, shape }]) => [name, constant(data, shape)]),
  );
  return forward(
    config,
    frozen,
    input('x', ['episodes', points, config.inputs]),
    input('y', ['episodes', points]),
  );
}
