import { z } from 'zod';

/**
 * A transformer over the cells of a table (the alternating attention of TabPFN v2, Hollmann et al., Nature 2025): columns
 * attend to columns within a row, rows to the labelled rows within a column, then a decoder reads the asked rows.
 */
export const tableConfig = z
  .strictObject({
    kind: z.literal('table').default('table'),
    /** E: width of a cell's token. */
    width: z.int().min(4).max(1024).default(128),
    layers: z.int().min(1).max(64).default(6),
    heads: z.int().min(1).max(64).default(4),
    /** Width of the MLP ÷ width. */
    mlpRatio: z.number().positive().max(16).default(2),
    /** T: rows of their own that every row may attend to, beside the labelled ones. */
    thinking: z.int().min(0).max(64).default(8),
    /** Which columns a cell's token holds, seen from its own, around the end; more than one tell columns apart. */
    group: z.array(z.int().min(0)).min(1).default([0, 1, 3]),
    /** What a layer adds is scaled by this to the power of its index. */
    decay: z.number().positive().max(1).default(0.95),
    /** L: length of a class's random code. Classes are told apart by codes alone, so that there may be any number. */
    codes: z.int().min(2).max(64).default(16),
    /**
     * `codes`: the answer is a code, compared with each class's. `retrieval`: a mixture of the labelled rows' classes. `both`:
     * the scores of codes, and the logarithm of what is retrieved times a trained strength.
     */
    decoder: z.enum(['codes', 'retrieval', 'both']).default('codes'),
    /** Q: quantiles of a number, at the levels (q + ½)/Q. */
    quantiles: z.int().min(3).max(999).default(63),
  })
  .refine(({ width, heads }) => width % heads === 0, {
    error: 'width must be a multiple of heads',
    path: ['heads'],
  });

export type TableConfig = z.output<typeof tableConfig>;

/** Whether the answer compares codes, and whether it looks at the labelled rows. */
export const comparesCodes = ({ decoder }: Pick<TableConfig, 'decoder'>): boolean => decoder !== 'retrieval';
export const retrieves = ({ decoder }: Pick<TableConfig, 'decoder'>): boolean => decoder !== 'codes';

/** The quantile at any level, between those of `quantileLevels` linearly and beyond them the last. @param values [Q] ascending */
export function quantileAt(level: number, values: ArrayLike<number>): number {
  const at = Math.min(values.length - 1, Math.max(0, level * values.length - 0.5));
  const below = Math.min(values.length - 2, Math.floor(at));
  return values[below]! + (at - below) * (values[below + 1]! - values[below]!);
}

/** The level of each quantile. */
export const quantileLevels = ({ quantiles }: Pick<TableConfig, 'quantiles'>): number[] =>
  Array.from({ length: quantiles }, (_, q) => (q + 0.5) / quantiles);
