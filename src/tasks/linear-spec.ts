import { z } from 'zod';

const sigma = z.number({ error: 'σ must be a number' }).min(0, 'σ must not be below 0');

/** A share of the episodes with its noise level: σ, or a range from which each episode draws its σ uniformly. */
const noiseComponent = z.strictObject({
  sigma: z.union(
    [sigma, z.tuple([sigma, sigma]).refine(([low, high]) => low < high, 'low must be below high')],
    {
      error: 'σ must be a number from 0, or a range [low, high]',
    },
  ),
  weight: z.number().positive('a weight must be greater than 0').default(1),
});

/** Options of the family `linear`, with their defaults. See `linear`. */
export const linearSchema = z
  .strictObject({
    family: z.literal('linear').default('linear'),
    /** D, inputs of a point. */
    inputs: z.int().min(1, 'must be at least 1').max(512, 'must be at most 512').default(8),
    /** How many inputs, the first ones, are not 0: a number, or [min, max] to draw one for each episode. All by default. */
    active: z
      .union([z.int().min(1), z.tuple([z.int().min(1), z.int().min(1)])], {
        error: 'must be a whole number from 1, or [min, max]',
      })
      .optional(),
    /** Covariance Σ of the inputs: I; its D eigenvalues; or `skewed`, eigenvalues ∝ 1/i² with trace d, turned at random. */
    covariance: z
      .union([z.literal('isotropic'), z.literal('skewed'), z.array(z.number().min(0)).min(1)], {
        error: 'must be "isotropic", "skewed" or a list of eigenvalues from 0',
      })
      .default('isotropic'),
    /** Turn a list of eigenvalues at random in each episode. */
    rotated: z.boolean().default(false),
    /** Share of the episodes with this covariance; the others are isotropic. */
    share: z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1').default(1),
    /** τ, the standard deviation of each weight. */
    scale: z.number().positive('τ must be greater than 0').default(1),
    /** σ, the standard deviation of the label noise: a number, or a mixture from which each episode draws. */
    noise: z
      .union([sigma, z.array(noiseComponent).min(1)], {
        error: 'must be a number from 0, or a list of {sigma: number | [low, high], weight}',
      })
      .default(0),
  })
  .superRefine((spec, context) => {
    const issue = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const [min, max] = activeRange(spec);
    if (min > max) issue('active', `min (${min}) must not be above max (${max})`);
    if (max > spec.inputs)
      issue('active', `${max} is more than the ${spec.inputs} inputs; raise inputs or lower active`);
    if (Array.isArray(spec.covariance) && spec.covariance.length !== spec.inputs)
      issue(
        'covariance',
        `${spec.covariance.length} eigenvalues for ${spec.inputs} inputs; give one for each`,
      );
    if (spec.rotated && !Array.isArray(spec.covariance))
      issue('rotated', 'only a list of eigenvalues can be rotated ("skewed" always is)');
    if (spec.share < 1 && spec.covariance === 'isotropic')
      issue('share', 'is a share of episodes with another covariance; set covariance too');
  });

export type LinearSpec = z.output<typeof linearSchema>;
/** What may be written: everything has a default. */
export type LinearOptions = z.input<typeof linearSchema>;

/** Fewest and most active inputs of an episode. */
export function activeRange({
  active,
  inputs,
}: {
  active?: number | [number, number] | undefined;
  inputs: number;
}): readonly [number, number] {
  if (active === undefined) return [inputs, inputs];
  return typeof active === 'number' ? [active, active] : active;
}

/** The same family with at most `most` active inputs, for a curriculum over dimensions. */
export function capActive<S extends object>(spec: S, most: number): S {
  const [min, max] = activeRange(spec as S & LinearSpec);
  return { ...spec, active: [Math.min(min, most), Math.min(max, most)] };
}
