import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { standardise } from '../columns/standardise.js';
import { type Warp, warp } from '../columns/warps.js';
import { pickWeighted } from '../draws.js';
import { weights } from '../options.js';
import { addNoise, type Noise } from './noise.js';

export const numberSpec = z
  .strictObject({
    warps: weights<Warp>({ none: 5, heavy: 0.75, skewed: 1.5, kumaraswamy: 1, rounded: 1, piled: 0.5 }),
  })
  .prefault({});

/** A target that is a number, [R], from one latent, which is changed: noise, then a warp, mean 0 and variance 1. */
export function numberOf(
  latent: Float64Array,
  noise: Noise,
  spec: z.output<typeof numberSpec>,
  stream: Random,
): { readonly values: Float64Array; readonly warp: Warp } {
  addNoise([latent], noise, stream);
  standardise(latent);
  const kind = pickWeighted(spec.warps, stream);
  warp(latent, kind, stream);
  return { values: latent, warp: kind };
}
