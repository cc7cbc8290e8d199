import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { list } from '../arrays.js';
import { numeric } from '../column.js';
import { standardise } from '../columns/standardise.js';
import { chance, logInteger, pick, someOf } from '../draws.js';
import { share, wholeRange } from '../options.js';
import type { Generate } from './generator.js';
import { drawInputs } from './inputs.js';

export const linearSpec = z
  .strictObject({
    /** Columns with a weight that is not 0. */
    active: wholeRange(1, 30, 1, 1000),
    /** Share of the tables whose weights are those of the columns without what they share with the ones before. */
    decorrelated: share(0.4),
  })
  .prefault({});

export type LinearPriorSpec = z.output<typeof linearSpec>;

type WeightKind = 'normal' | 'heavy' | 'equal';

/**
 * Weighted sums of some of the columns, the same ones for all outputs: sparse linear and, for classes, logistic tasks. Of
 * columns that go together a weighted sum says mostly what they share; decorrelated, a small difference between them may be
 * all that counts, as between two measures of one body.
 */
export const linear: Generate<LinearPriorSpec> = ({ rows, columns, outputs }, spec, stream) => {
  const { kind, inputs } = drawInputs(rows, columns, stream);
  const active = logInteger([Math.min(spec.active[0], columns), Math.min(spec.active[1], columns)], stream);
  const chosen = someOf(columns, active, stream).map((j) => inputs[j]!);
  const apart = chance(spec.decorrelated, stream);
  const some = apart ? decorrelated(chosen) : chosen;
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
  return {
    columns: inputs.map(numeric),
    latents,
    drawn: { inputs: kind, active: some.length, weights, decorrelated: apart ? 'yes' : 'no' },
  };
};

const WEIGHT: Record<WeightKind, (stream: Random) => number> = {
  normal: (stream) => stream.normal(),
  heavy: (stream) => stream.normal() ** 3,
  equal: (stream) => (stream.uniform() < 0.5 ? -1 : 1),
};

/** Each column without its projection on those before it (Gram–Schmidt), standardised; without those that leave nothing. */
function decorrelated(columns: readonly Float64Array[]): Float64Array[] {
  const found: Float64Array[] = [];
  for (const column of columns) {
    const left = column.slice();
    for (const before of found) {
      let dot = 0;
      for (let i = 0; i < left.length; i++) dot += left[i]! * before[i]!;
      for (let i = 0; i < left.length; i++) left[i]! -= (dot / left.length) * before[i]!;
    }
    let squares = 0;
    for (const value of left) squares += value * value;
    if (squares < LEAST_VARIANCE * left.length) continue;
    standardise(left);
    found.push(left);
  }
  return found;
}

/** A column that others explain but for this share of its variance is theirs: what is left would be rounding. */
const LEAST_VARIANCE = 1e-6;
