import type { Random } from '../../../core/random.js';
import { causal, causalSpec } from './causal.js';
import { clusters, clustersSpec } from './clusters.js';
import { forest, forestSpec } from './forest.js';
import type { Draft, Shape } from './generator.js';
import { interactions, interactionsSpec } from './interactions.js';
import { linear, linearSpec } from './linear.js';
import { smooth, smoothSpec } from './smooth.js';

/** The options of every generator, by its name. */
export const generatorSpecs = {
  causal: causalSpec,
  forest: forestSpec,
  smooth: smoothSpec,
  linear: linearSpec,
  clusters: clustersSpec,
  interactions: interactionsSpec,
};

const generators = { causal, forest, smooth, linear, clusters, interactions };

export type GeneratorName = keyof typeof generators;

export const generatorNames = Object.keys(generators) as GeneratorName[];

/** What one generator draws. */
export function generate(
  name: GeneratorName,
  shape: Shape,
  spec: { readonly [Name in GeneratorName]: unknown },
  stream: Random,
): Draft {
  return generators[name](shape, spec[name] as never, stream);
}
