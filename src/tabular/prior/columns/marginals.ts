import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import type { Column } from '../column.js';
import { leaning, pickWeighted, sharedBeta } from '../draws.js';
import { logRange, range, share, weights } from '../options.js';
import { type Warp, warp } from './warps.js';

export const marginalsSpec = z
  .strictObject({
    /** Shapes of columns of numbers. */
    shapes: weights<Exclude<Warp, 'rounded' | 'piled'>>({ none: 4, heavy: 1, skewed: 1, kumaraswamy: 1.5 }),
    leaning: range(0, 2, 0),
    /** Share of the tables in which columns have ties. */
    tied: share(0.4),
    ties: weights<'rounded' | 'piled'>({ rounded: 3, piled: 1 }),
    /** Concentration of the Beta by which the columns of such a table share how likely they have ties. */
    concentration: logRange(0.3, 100),
  })
  .prefault({});

/** Gives the columns of numbers other marginals, in place: tails and skews first, then ties. */
export function warpColumns(
  columns: readonly Column[],
  spec: z.output<typeof marginalsSpec>,
  stream: Random,
): void {
  const shapes = leaning(spec.shapes, spec.leaning, stream);
  const tied = stream.uniform() < spec.tied ? sharedBeta(spec.concentration, stream) : () => 0;
  for (const { values, levels } of columns) {
    if (levels > 0) continue;
    warp(values, pickWeighted(shapes, stream), stream);
    if (stream.uniform() < tied()) warp(values, pickWeighted(spec.ties, stream), stream);
  }
}
