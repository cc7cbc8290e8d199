export interface Schedule {
  /** How the rate falls after warm-up. */
  readonly shape: 'constant' | 'linear' | 'cosine';
  /** Share of the steps over which the rate rises from zero. */
  readonly warmup: number;
}

/**
 * Learning rate of step 1…steps as a share of the peak, in (0,1]. After a linear warm-up (Goyal et al. 2017, Sec. 2.2) it
 * stays, falls linearly to zero, or along half a cosine (Loshchilov & Hutter 2017, eq. 5, without restarts); zero itself
 * would come one step after the last.
 */
export function rateAt({ shape, warmup }: Schedule, step: number, steps: number): number {
  const rising = Math.round(warmup * steps);
  if (step <= rising) return step / rising;
  const left = (steps - step + 1) / (steps - rising);
  if (shape === 'constant') return 1;
  return shape === 'linear' ? left : 0.5 * (1 - Math.cos(Math.PI * left));
}
