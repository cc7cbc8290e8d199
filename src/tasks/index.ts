import type { TaskFamily } from '../core/episodes.js';
import { invalid, missing, unknown } from '../core/errors.js';
import { linear } from './linear.js';
import type { LinearOptions } from './linear-spec.js';

export { type LinearFamily, linear, NOISE_GRID, noiseLevels } from './linear.js';
export { capActive, type LinearOptions, type LinearSpec, linearSchema } from './linear-spec.js';

/** A family as data: its name, and the options that its schema knows. */
export type FamilySpec = { readonly family: string } & Readonly<Record<string, unknown>>;
/** A family together with the complete spec that makes it again. */
export type SpecifiedFamily = TaskFamily & { readonly spec: FamilySpec };

const registry: Record<string, (options: FamilySpec) => SpecifiedFamily> = {
  linear: (options) => linear(options as LinearOptions),
};

/** The names that `parseFamily` knows. */
export const familyNames: readonly string[] = Object.keys(registry);

/**
 * The family that a spec such as `{family: 'linear', inputs: 8, noise: 0.5}`, or its name alone, describes.
 * @throws IcicleError (exit code 2) where the family or an option is unknown, or an option has a wrong value.
 */
export function parseFamily(spec: unknown): SpecifiedFamily {
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
  return make(options as FamilySpec);
}
