import { z } from '@hono/zod-openapi';
import type { Rows } from '../tabular/memory.js';
import { type Limits, NAME_CHARACTERS } from './limits.js';
import { type Fault, tableFault } from './rows.js';

// The bodies of requests and responses. They check what comes in and are what /openapi.json is made of.

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]).openapi('Cell', {
  description: 'Nothing, an empty text and words such as NA are missing cells.',
});

/** What `tableFault` checks, as schemas. */
export const rowObjects = z
  .array(z.record(z.string(), cell))
  .min(1)
  .openapi('RowObjects', { description: 'Rows with their cells by column; a row may lack some.' });
export const columnArrays = z
  .record(z.string(), z.array(cell).min(1))
  .openapi('ColumnArrays', { description: 'Columns by name, with as many cells each.' });

/** A table, checked by `tableFault` and described by `rowObjects` and `columnArrays`. */
const table = (name: string, limits: { rows: number; columns: number }) =>
  z
    .unknown()
    .superRefine((rows, ctx) => {
      const fault = tableFault(rows, limits);
      if (fault === undefined) return;
      const { path, message, size } = fault;
      ctx.addIssue({ code: 'custom', path: [...path], message, params: { size: size === true } });
    })
    .transform((rows) => rows as Rows)
    .openapi(name, {
      oneOf: [{ $ref: '#/components/schemas/RowObjects' }, { $ref: '#/components/schemas/ColumnArrays' }],
      description: `At most ${limits.rows} rows and ${limits.columns} columns.`,
    });

/** Whether an issue says that something is larger than the server takes, and nothing else. */
export const isSizeIssue = (issue: {
  readonly code?: string | undefined;
  readonly params?: unknown;
}): boolean => issue.code === 'custom' && (issue.params as Partial<Fault> | undefined)?.size === true;

/** Keys of an object that is refused before each of its values is looked at. */
const fewKeys =
  (most: number) =>
  (value: unknown, ctx: z.RefinementCtx): unknown => {
    const keys = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
    if (keys <= most) return value;
    ctx.addIssue({
      code: 'custom',
      message: `${keys} keys, at most ${most} are taken`,
      params: { size: true },
    });
    return z.NEVER;
  };

export function requestSchemas({ labelledRows, askedRows, columns }: Limits) {
  const context = z
    .strictObject({
      rows: table('LabelledRows', { rows: labelledRows, columns }),
      target: z.string().min(1).max(NAME_CHARACTERS).openapi({
        description: 'The column to predict: words and booleans are classes, numbers are numbers.',
        example: 'price',
      }),
      types: z
        .preprocess(
          fewKeys(columns),
          z.record(z.string(), z.enum(['number', 'category', 'ignore'])).optional(),
        )
        .openapi({ description: 'Corrections to what is inferred of columns, by name.' }),
      members: z.int().min(1).max(64).optional().openapi({
        description: 'Views of the table whose answers are averaged: more take as much longer; default 4.',
      }),
      level: z.number().min(0.5).lt(1).optional().openapi({
        description: 'How often intervals and sets of classes hold the truth; default 0.9.',
      }),
      abstain: z
        .number()
        .positive()
        .optional()
        .openapi({
          description:
            'Predictions abstain that are less sure: of a class, whose chance to be wrong is greater; of a number, whose interval ' +
            'reaches further to either side than so many standard deviations of the labelled numbers.',
        }),
      seed: z.int().min(0).optional().openapi({ description: 'Seed of all random choices; default 1.' }),
    })
    .openapi('ContextRequest');
  const predict = z
    .strictObject({ rows: table('AskedRows', { rows: askedRows, columns }) })
    .openapi('PredictRequest');
  return { context, predict };
}

export const idParam = z.object({
  id: z.string().openapi({ param: { name: 'id', in: 'path' }, description: 'The id of a context.' }),
});

const list = <T extends z.ZodType>(item: T) => z.array(item).readonly();

const compared = z.object({
  own: z.number(),
  constant: z.number().openapi({ description: 'Of the majority class, or the mean.' }),
  head: z.number().openapi({ description: 'Of logistic regression, or ridge.' }),
});

const quality = z
  .object({
    rows: z.int().openapi({ description: 'Rows that were asked.' }),
    metric: z.enum(['accuracy', 'r2']),
    score: compared,
    loss: compared,
    margin: z.number().openapi({ description: 'Two standard errors of the own score.' }),
    rmse: compared.optional(),
    coverage: z.number().optional(),
  })
  .openapi('Quality', {
    description: 'How good predictions are, on labelled rows that were asked before their label was used.',
  });

export const contextView = z
  .object({
    id: z.string(),
    target: z.string(),
    kind: z.enum(['classes', 'number']),
    classes: list(z.string()).optional(),
    labelled: z.int().openapi({ description: 'Labelled rows that were learned from.' }),
    columns: list(z.object({ name: z.string(), kind: z.enum(['number', 'date', 'category']) })).openapi({
      description: 'Columns that were learned from.',
    }),
    quality: quality.nullable().openapi({ description: 'null where there are too few labelled rows.' }),
    share: z
      .number()
      .openapi({ description: 'Share of the network in the predictions; the rest is a linear head’s.' }),
    fallback: z
      .string()
      .optional()
      .openapi({ description: 'Why always the same is predicted, where it is.' }),
    warnings: list(z.string()),
    bytes: z.int().openapi({ description: 'Memory that the context takes, about.' }),
    expires: z.iso
      .datetime()
      .optional()
      .openapi({ description: 'When it is forgotten if it is not asked before.' }),
  })
  .openapi('Context');

const common = {
  abstained: z.boolean().openapi({ description: 'Whether it is too unsure for `abstain`.' }),
  nearest: list(z.object({ line: z.int(), weight: z.number() })).openapi({
    description: 'The labelled rows, from 1, that it leaned on most.',
  }),
  warnings: list(z.string()).openapi({ description: 'What is odd about the row.' }),
};
const classPrediction = z
  .object({
    kind: z.literal('classes'),
    label: z.string(),
    probability: z.number(),
    probabilities: z.record(z.string(), z.number()),
    set: list(z.string())
      .optional()
      .openapi({ description: 'Classes of which one is right as often as the level says.' }),
    ...common,
  })
  .openapi('ClassPrediction');
const numberPrediction = z
  .object({
    kind: z.literal('number'),
    value: z.number().openapi({ description: 'The mean.' }),
    interval: z
      .tuple([z.number(), z.number()])
      .readonly()
      .openapi({ description: 'Holds the truth as often as the level says.' }),
    quantiles: z.record(z.string(), z.number()).openapi({ description: 'By level.' }),
    ...common,
  })
  .openapi('NumberPrediction');

export const predictions = z
  .object({
    predictions: list(z.discriminatedUnion('kind', [classPrediction, numberPrediction])).openapi({
      description: 'In the order of the rows.',
    }),
  })
  .openapi('Predictions');

export const health = z
  .object({
    status: z.enum(['ok', 'starting']),
    model: z.object({ name: z.string(), hash: z.string() }),
    contexts: z.int(),
    bytes: z.int(),
    waiting: z.int().openapi({ description: 'Requests that wait for the model.' }),
  })
  .openapi('Health');

export const problem = z
  .object({
    type: z.string().openapi({ example: 'urn:problem-type:icicle:invalid-table' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: list(
      z.object({ detail: z.string(), pointer: z.string().openapi({ example: '#/rows/3/age' }) }),
    ).optional(),
  })
  .openapi('Problem', { description: 'RFC 9457.' });
