import { invalid, missing, unknown } from '../core/errors.js';
import { activeInputs } from './active-inputs.js';
import { boolean } from './boolean.js';
import { linearClassification } from './classification.js';
import { decisionTree } from './decision-tree.js';
import type { Family, FamilySpec, ParseFamily } from './family.js';
import { fourier } from './fourier.js';
import { linear } from './linear.js';
import { capActive as capLinear } from './linear-spec.js';
import { noisy } from './noisy.js';
import { orthant } from './orthant.js';
import { polynomial } from './polynomial.js';
import { pooled } from './pooled.js';
import { quadratic } from './quadratic.js';
import { orthogonalQuery, repeatedQuery } from './queries.js';
import { redrawnInputs } from './redrawn-inputs.js';
import { reluNetwork } from './relu-network.js';
import { scaledInputs, scaledWeights } from './scaled.js';
import { sine } from './sine.js';
import { skewed } from './skewed.js';
import { sparseLinear } from './sparse-linear.js';
import { flipped, outliers } from './spoilt.js';
import { subspace } from './subspace.js';

export type { Family, FamilySpec, SpecifiedFamily, Task } from './family.js';
export { type LinearFamily, linear, NOISE_GRID, noiseLevels } from './linear.js';
export { type LinearOptions, type LinearSpec, linearSchema } from './linear-spec.js';
export type { PooledFamily } from './pooled.js';

type Make = (options: never, parse: ParseFamily) => Family;

/** Families of their own. */
const families: Record<string, Make> = {
  linear,
  'sparse-linear': sparseLinear,
  'linear-classification': linearClassification,
  quadratic,
  polynomial,
  'relu-network': reluNetwork,
  'decision-tree': decisionTree,
  sine,
  fourier,
  boolean,
};

/** Families that wrap another one, `of`. */
const wrappers: Record<string, Make> = {
  pooled,
  noisy,
  'scaled-inputs': scaledInputs,
  'scaled-weights': scaledWeights,
  skewed,
  subspace,
  orthant,
  'orthogonal-query': orthogonalQuery,
  'repeated-query': repeatedQuery,
  outliers,
  flipped,
  'redrawn-inputs': redrawnInputs,
  'active-inputs': activeInputs,
};

const registry = { ...families, ...wrappers };

/** The names that `parseFamily` knows. */
export const familyNames: readonly string[] = Object.keys(registry);
/** Those of them that wrap another family. */
export const wrapperNames: readonly string[] = Object.keys(wrappers);

/**
 * The family that a spec such as `{family: 'linear', inputs: 8, noise: 0.5}` or `{family: 'noisy', of: 'quadratic'}`, or its
 * name alone, describes.
 * @throws IcicleError (exit code 2) where the family or an option is unknown, or an option has a wrong value.
 */
export function parseFamily(spec: unknown): Family {
  const options = typeof spec === 'string' ? { family: spec } : spec;
  if (options === null || typeof options !== 'object' || Array.isArray(options))
    throw invalid(
      'family',
      spec,
      `it must be a name or {"family": name, …}. Families: ${familyNames.join(', ')}`,
    );
  const { family } = options as { family?: unknown };
  if (family === undefined)
    throw missing(
      'family',
      `name one in the spec, such as {"family": "linear"}. Families: ${familyNames.join(', ')}`,
    );
  const make = typeof family === 'string' && Object.hasOwn(registry, family) ? registry[family] : undefined;
  if (make === undefined) throw unknown('family', String(family), familyNames, 'families');
  return make(options as never, parseFamily);
}

/** The same family with at most `most` inputs that are not 0, for a curriculum over dimensions. */
export function capActive(spec: FamilySpec, most: number): FamilySpec {
  if (spec.family === 'linear') return capLinear(spec, most);
  return { family: 'active-inputs', active: most, of: spec };
}
