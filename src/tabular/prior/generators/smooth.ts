import { z } from 'zod';
import { list } from '../arrays.js';
import { numeric } from '../column.js';
import { standardise } from '../columns/standardise.js';
import { chance, logBetween, logInteger, someOf } from '../draws.js';
import { addFourier } from '../functions/fourier.js';
import { logRange, share, wholeRange } from '../options.js';
import type { Generate } from './generator.js';
import { drawInputs } from './inputs.js';

export const smoothSpec = z
  .strictObject({
    /** Columns that the function depends on. */
    active: wholeRange(1, 8, 1, 1000),
    /** ℓ, the length over which the function changes, in standard deviations of a column. */
    length: logRange(0.7, 7),
    features: z.int().min(1).default(40),
    /** Share of the tables whose function is a sum of functions of one column each. */
    additive: share(0.3),
  })
  .prefault({});

export type SmoothSpec = z.output<typeof smoothSpec>;

/** Smooth functions of some of the columns: random Fourier features, with a length scale of its own for each column. */
export const smooth: Generate<SmoothSpec> = ({ rows, columns, outputs }, spec, stream) => {
  const { kind, inputs } = drawInputs(rows, columns, stream);
  const active = logInteger([Math.min(spec.active[0], columns), Math.min(spec.active[1], columns)], stream);
  const some = someOf(columns, active, stream).map((j) => inputs[j]!);
  const length = logBetween(spec.length, stream);
  const scales = some.map(() => Math.exp(0.5 * stream.normal()) / length);
  const additive = active > 1 && chance(spec.additive, stream);
  const latents = list(outputs, () => new Float64Array(rows));
  if (additive)
    for (const [j, column] of some.entries())
      addFourier(
        latents,
        [column],
        Math.ceil(spec.features / active),
        () => scales[j]! * stream.normal(),
        stream,
      );
  // Lengths grow with the number of columns, though not as far as would keep the whole as smooth as one of them.
  else
    addFourier(latents, some, spec.features, (j) => (scales[j]! * stream.normal()) / active ** 0.25, stream);
  for (const latent of latents) standardise(latent);
  const shown = { inputs: kind, active, length, additive: additive ? 'yes' : 'no' };
  return { columns: inputs.map(numeric), latents, drawn: shown };
};
