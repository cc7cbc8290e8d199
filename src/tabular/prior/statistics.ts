import { floats } from './arrays.js';
import type { Column } from './column.js';
import { classOutputs, numberOutput } from './quick.js';
import type { SyntheticTable } from './table.js';

/** What there is to say about one table, for who looks at the prior. */
export interface TableStatistics {
  readonly generator: string;
  readonly rows: number;
  readonly labelled: number;
  readonly columns: number;
  /** Columns of categories. */
  readonly categories: number;
  /** Share of the cells that are missing. */
  readonly missing: number;
  /** Absent where the target is a number. */
  readonly classes?: number;
  /** Share of the rows that are of the largest class. */
  readonly largest?: number;
  readonly score: number;
  readonly unlearnable: boolean;
  readonly tries: number;
}

export function statisticsOf(table: SyntheticTable): TableStatistics {
  const { rows, labelled, columns, x, kinds, target, provenance } = table;
  const { generator, score, unlearnable, tries } = provenance;
  let missing = 0;
  for (let i = 0; i < x.length; i++) if (Number.isNaN(x[i]!)) missing++;
  const categories = kinds.filter(({ kind }) => kind === 'category').length;
  const shape = { generator, rows, labelled, columns, categories, missing: missing / x.length };
  const found = { score, unlearnable, tries };
  if (target.kind === 'number') return { ...shape, ...found };
  const counts = new Float64Array(target.classes);
  for (let i = 0; i < rows; i++) counts[target.values[i]!]!++;
  return { ...shape, classes: target.classes, largest: Math.max(...counts) / rows, ...found };
}

/** Column c of a table, [R]. */
export function columnOf(table: SyntheticTable, c: number): Column {
  const { x, rows, columns, kinds } = table;
  const kind = kinds[c]!;
  return {
    values: floats(rows, (i) => x[i * columns + c]!),
    levels: kind.kind === 'category' ? kind.levels : 0,
  };
}

/** Bins of a column of numbers. */
const BINS = 6;

/**
 * How much of the target each column tells by itself, [C]: the share of its variance (of classes' indicators) that lies between
 * bins of the column, categories being their own bins and missing cells one, adjusted for the number of bins, so that it is
 * about 0 where there is nothing.
 */
export function informationOf(table: SyntheticTable): Float64Array {
  const { rows, columns, target } = table;
  const outputs =
    target.kind === 'number' ? numberOutput(target.values) : classOutputs(target.values, target.classes);
  return floats(columns, (c) => {
    const bins = binsOf(columnOf(table, c));
    let [within, total] = [0, 0];
    for (const output of outputs) {
      const sums = new Map<number, { count: number; sum: number; squares: number }>();
      let [sum, squares] = [0, 0];
      for (let i = 0; i < rows; i++) {
        const y = output[i]!;
        const bin = sums.get(bins[i]!) ?? { count: 0, sum: 0, squares: 0 };
        sums.set(bins[i]!, { count: bin.count + 1, sum: bin.sum + y, squares: bin.squares + y * y });
        sum += y;
        squares += y * y;
      }
      const free = Math.max(1, rows - sums.size);
      for (const bin of sums.values()) within += (bin.squares - bin.sum ** 2 / bin.count) / free;
      total += (squares - sum ** 2 / rows) / (rows - 1);
    }
    return total > 0 ? 1 - within / total : 0;
  });
}

/** The bin of each row, [R]: −1 for a missing cell. */
function binsOf({ values, levels }: Column): Float64Array {
  const cuts = values.filter((value) => !Number.isNaN(value)).sort();
  return floats(values.length, (i) => {
    const value = values[i]!;
    if (Number.isNaN(value)) return -1;
    if (levels > 0) return value;
    let bin = 0;
    while (bin < BINS - 1 && value > cuts[Math.floor(((bin + 1) * cuts.length) / BINS)]!) bin++;
    return bin;
  });
}
