import { z } from 'zod';
import { parseSpec } from '../../core/spec.js';
import { categoriesSpec } from './columns/categories.js';
import { extraSpec } from './columns/extra.js';
import { marginalsSpec } from './columns/marginals.js';
import { missingSpec } from './columns/missing.js';
import { type GeneratorName, generatorSpecs } from './generators/index.js';
import { share, weights } from './options.js';
import { sizesSpec } from './sizes.js';
import { classesSpec } from './target/classes.js';
import { noiseSpec } from './target/noise.js';
import { numberSpec } from './target/number.js';

/** All that the prior depends on. Everything has a default; an ablation is a spec that says otherwise. */
export const priorSpec = z.strictObject({
  sizes: sizesSpec,
  /** How often each generator is drawn: shares of the tables that are kept. */
  generators: weights<GeneratorName>({
    causal: 8,
    forest: 2,
    smooth: 2,
    linear: 2,
    clusters: 3,
    interactions: 2,
  }),
  ...generatorSpecs,
  extra: extraSpec,
  marginals: marginalsSpec,
  categories: categoriesSpec,
  missing: missingSpec,
  noise: noiseSpec,
  classes: classesSpec,
  number: numberSpec,
  /** Share of the tables whose target is shuffled over the rows. The others must pass the filter. */
  unlearnable: share(0.1),
  filter: z
    .strictObject({
      /** Rows beside those of the table on which the quick learner is judged. */
      rows: z.int().min(20).default(96),
      /** The least score, `Provenance.score`, of either kind of target: of classes less can be told in squared error. */
      least: z
        .strictObject({ classes: z.number().default(0.05), number: z.number().default(0.1) })
        .prefault({}),
      /** Tables that are drawn before it is given up. */
      tries: z.int().min(1).default(100),
    })
    .prefault({}),
});

export type PriorSpec = z.output<typeof priorSpec>;
/** What may be written. */
export type PriorOptions = z.input<typeof priorSpec>;

/** @throws IcicleError (exit code 2) where the options do not fit `priorSpec`. */
export function parsePrior(options: unknown = {}): PriorSpec {
  return parseSpec('prior', priorSpec, options);
}
