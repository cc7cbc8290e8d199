import { z } from 'zod';
import { parseSpec } from '../core/spec.js';
import { tableConfig } from '../model/table/config.js';
import { MOST_CLASSES } from '../tabular/cells/feeds.js';
import { priorSpec } from '../tabular/prior/index.js';
import { optimisation } from './spec.js';

const sizes = (least: number, defaults: number[]) =>
  z.array(z.int().min(least)).min(1, 'name at least one').default(defaults);

/**
 * All that training on tables depends on. A step's tables share their numbers of labelled rows, asked rows and columns, drawn
 * anew for each step from short lists: a layout is a graph, and graphs are kept.
 */
export const tableTrainSpec = z
  .strictObject({
    ...optimisation,
    /** The prior over tables, docs/prior.md; its own sizes are not used. */
    family: z.strictObject({ family: z.literal('tables'), ...priorSpec.shape }),
    model: tableConfig,
    /** Tokens of a shard of a batch, about: how many tables that is depends on their layout. */
    tokens: z.int().min(16).default(4000),
    /** Share of the steps whose tables have classes; the others have numbers. */
    classes: z.number().min(0).max(1).default(0.6),
    /** N, each as likely. */
    labelled: sizes(2, [4, 8, 14, 25, 45, 80, 140, 250]),
    /** C, likely as 1/(C + 4): few columns more often than many. */
    columns: sizes(1, [2, 4, 8, 14, 24]),
    /** A for few and for many labelled rows, between which it is as many as those. */
    asked: z
      .tuple([z.int().min(1), z.int().min(1)])
      .refine(([few, many]) => few <= many, 'must be [few, many] with few ≤ many')
      .default([16, 48]),
    evaluation: z
      .strictObject({ every: z.int().min(1).default(1000), tables: z.int().min(1).default(64) })
      .prefault({}),
  })
  .refine(({ family }) => family.classes.classes[1] <= MOST_CLASSES, {
    error: `at most ${MOST_CLASSES} classes fit into a batch`,
    path: ['family', 'classes', 'classes'],
  });

export type TableTrainSpec = z.output<typeof tableTrainSpec>;

/** @throws IcicleError (exit code 2) that names every wrong key */
export const parseTableTrainSpec = (value: unknown): TableTrainSpec =>
  parseSpec('training spec', tableTrainSpec, value);
