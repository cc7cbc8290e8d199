import type { ShapedArray } from '../core/array.js';
import type { Episodes } from '../core/episodes.js';
import { unknown } from '../core/errors.js';
import type { Engine } from '../engine/engine.js';
import { graph } from '../graph/tensor.js';
import { checkLimits, feedsOf } from './feeds.js';
import { frozenForward } from './frozen.js';
import type { Model } from './model.js';

/** The names of all activations of a model, such as `blocks.2.attention.pattern`: see `Forward` for their shapes. */
export function activationNames({ config, parameters }: Pick<Model, 'config' | 'parameters'>): string[] {
  return Object.keys(frozenForward(config, config.points, parameters).activations);
}

/**
 * What happens inside: activations of a model on some episodes, by name; `Forward` lists them with their shapes. Tokens
 * alternate between question and example.
 * As for the model as a learner, prompts may be shorter and points have fewer inputs than in its training.
 * @throws IcicleError (exit code 2) where a name is unknown, or prompts are longer or wider than the model takes
 */
export async function trace(
  { name: model, config, parameters }: Pick<Model, 'name' | 'config' | 'parameters'>,
  episodes: Episodes,
  names: readonly string[],
  engine: Engine,
): Promise<Record<string, ShapedArray>> {
  checkLimits(model, config, episodes);
  const { activations } = frozenForward(config, episodes.points, parameters);
  for (const name of names)
    if (!Object.hasOwn(activations, name)) throw unknown('activation', name, Object.keys(activations));
  const wanted = Object.fromEntries(names.map((name) => [name, activations[name]!]));
  const program = await engine.compile(graph(wanted));
  try {
    return await program.run(feedsOf(config, episodes, 0, episodes.episodes, engine.precision));
  } finally {
    await program.release();
  }
}
