import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { integers } from '../arrays.js';
import type { Column } from '../column.js';
import { between, chance, logBetween } from '../draws.js';
import { logRange, range, share } from '../options.js';

export const missingSpec = z
  .strictObject({
    /** Share of the tables with missing cells. */
    tables: share(0.4),
    /** Share of the columns of such a table that have some. */
    columns: range(0.2, 1, 0),
    /** Share of the cells that such a column lacks, one for the table, log-uniform. */
    cells: logRange(0.01, 0.4).refine(([, high]) => high <= 1, { error: 'is a share: at most 1' }),
    /** Share of these columns whose cells are missing by a value: their own, or that of another column. */
    dependent: share(0.5),
  })
  .prefault({});

/**
 * Columns with missing cells, as NaN; the ones given stay whole. Where cells are missing by a value, their probability grows
 * with the rank of that value from 0 to twice the share.
 */
export function withMissing(
  columns: readonly Column[],
  spec: z.output<typeof missingSpec>,
  stream: Random,
): Column[] {
  if (!chance(spec.tables, stream)) return [...columns];
  const some = between(spec.columns, stream);
  const share = logBetween(spec.cells, stream);
  return columns.map((column) => {
    if (!chance(some, stream)) return column;
    const values = column.values.slice();
    if (share <= 0.5 && chance(spec.dependent, stream)) {
      const by = chance(0.5, stream) ? column : columns[stream.integer(columns.length)]!;
      const rank = ranks(by.values);
      const turned = chance(0.5, stream);
      for (let i = 0; i < values.length; i++) {
        const place = turned ? 1 - rank[i]! : rank[i]!;
        if (stream.uniform() < 2 * share * place) values[i] = Number.NaN;
      }
    } else for (let i = 0; i < values.length; i++) if (stream.uniform() < share) values[i] = Number.NaN;
    return { values, levels: column.levels };
  });
}

/** Where each value stands among all, [R], from 0 to 1. */
function ranks(values: Float64Array): Float64Array {
  const order = integers(values.length, (i) => i).sort((a, b) => values[a]! - values[b]!);
  const rank = new Float64Array(values.length);
  for (let place = 0; place < order.length; place++) rank[order[place]!] = (place + 0.5) / order.length;
  return rank;
}
