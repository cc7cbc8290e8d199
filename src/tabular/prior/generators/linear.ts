import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { list } from '../arrays.js';
import { numeric } from '../column.js';
import { standardise } from '../columns/standardise.js';
import { logInteger, pick, someOf } from '../draws.js';
import { wholeRange } from '../options.js';
import type { Generate } from './generator.js';
import { drawInputs } from './inputs.js';

export const linearSpec = z
  .strictObject({
    /** Columns with a weight that is not 0. */
    active: wholeRange(1, 30, 1, 1000),
  })
  .prefault({});

export type LinearPriorSpec = z.output<typeof linearSpec>;

type WeightKind = 'normal' | 'heavy' | 'equal';

/** Weighted sums of some of the columns, the same ones for all outputs: sparse linear and, for classes, logistic tasks. */
export const linear: Generate<LinearPriorSpec> = ({ rows, columns, outputs }, spec, stream) => {
  const { kind, inputs } = drawInputs(rows, columns, stream);
  const active = logInteger([Math.min(spec.active[0], columns), Math.min(spec.active[1], columns)], stream);
  const some = someOf(columns, active, stream).map((j) => inputs[j]!);
  const weights = pick<WeightKind>(['normal', 'heavy', 'equal'], stream);
  const latents = list(outputs, () => {
    const latent = new Float64Array(rows);
    for (const column of some) {
      const w = WEIGHT[weights](stream);
      for (let i = 0; i < rows; i++) latent[i]! += w * column[i]!;
    }
    standardise(latent);
    return latent;
  });
  return { columns: inputs.map(numeric), latents, drawn: { inputs: kind, active, weights } };
};

const WEIGHT: Record<WeightKind, (stream: Random) => number> = {
  normal: (stream) => stream.normal(),
  heavy: (stream) => stream.normal() ** 3,
  equal: (stream) => (stream.uniform() < 0.5 ? -1 : 1),
};
