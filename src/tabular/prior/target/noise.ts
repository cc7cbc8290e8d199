import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { chance, gamma, logBetween, pickWeighted } from '../draws.js';
import { logRange, share, weights } from '../options.js';

export const noiseSpec = z
  .strictObject({
    /** Share of the tables without noise on what the target is made from. */
    none: share(0.3),
    /** Its standard deviation in the others, beside a signal of 1. */
    sigma: logRange(0.01, 0.7),
    kinds: weights<NoiseKind>({ normal: 4, heavy: 1, growing: 1 }),
  })
  .prefault({});

/** `heavy`: Student's t with three degrees of freedom; `growing`: larger where the signal is. */
type NoiseKind = 'normal' | 'heavy' | 'growing';

export interface Noise {
  readonly sigma: number;
  readonly kind: NoiseKind;
}

export function drawNoise(spec: z.output<typeof noiseSpec>, stream: Random): Noise {
  if (chance(spec.none, stream)) return { sigma: 0, kind: 'normal' };
  return { sigma: logBetween(spec.sigma, stream), kind: pickWeighted(spec.kinds, stream) };
}

/** Adds noise to standardised columns in place. */
export function addNoise(latents: readonly Float64Array[], { sigma, kind }: Noise, stream: Random): void {
  if (sigma === 0) return;
  for (const latent of latents)
    for (let i = 0; i < latent.length; i++) {
      const scale =
        kind === 'normal'
          ? sigma
          : kind === 'heavy'
            ? // Half a χ² of three degrees over its mean, so that the scale is that of most rows.
              sigma / Math.sqrt(gamma(1.5, stream) / 1.5)
            : sigma * Math.exp(0.7 * latent[i]!);
      latent[i]! += scale * stream.normal();
    }
}
