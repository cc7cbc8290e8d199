import type { Random } from '../core/random.js';
import { random } from '../core/random.js';
import { crossEntropy, pinball } from '../model/table/loss.js';
import { initialiseTable, tableShapes } from '../model/table/parameters.js';
import { classProbabilities, quantilesOf, tableForward } from '../model/table/transformer.js';
import { tableFeeds } from '../tabular/cells/feeds.js';
import { sampleTable, type TableSizes, type TargetKind } from '../tabular/prior/index.js';
import type { Objective } from './objective.js';
import type { TableTrainSpec } from './table-spec.js';

/** What the tables of a step have in common. */
export interface Layout extends TableSizes {
  readonly target: TargetKind;
  /** B of one shard. */
  readonly tables: number;
}

/** Tables: cross-entropy of the asked rows' classes, or pinball loss of their numbers' quantiles. */
export function tableObjective(spec: TableTrainSpec): Objective {
  const { model, seed, family } = spec;
  return {
    shapes: tableShapes(model),
    fresh: () => initialiseTable(model, seed),
    sampler: (shard) => async (step) => {
      const layout = layoutOf(spec, random(seed, 'layout', step));
      const stream = random(seed, 'batch', step, shard);
      const tables = Array.from({ length: layout.tables }, () =>
        sampleTable(family, stream, layout.target, layout),
      );
      return tableFeeds(tables, layout, model, stream);
    },
    layouts: 2 * spec.labelled.length * spec.columns.length,
    loss: ({ cells, labels, truth, codes, absent, labelled }, parameters) => {
      const states = tableForward(model, parameters, { cells: cells!, labels: labels! });
      if (codes === undefined) return pinball(model, quantilesOf(model, parameters, states), truth!);
      const decoder = { codes, absent: absent!, labelled: labelled! };
      return crossEntropy(classProbabilities(model, parameters, states, decoder), truth!);
    },
  };
}

/** The layout of a step, the same for all its shards. */
export function layoutOf(spec: TableTrainSpec, stream: Random): Layout {
  const target = stream.uniform() < spec.classes ? 'classes' : 'number';
  const labelled = spec.labelled[stream.integer(spec.labelled.length)]!;
  const columns = pickColumns(spec.columns, stream);
  const [few, many] = spec.asked;
  const rows = labelled + Math.max(few, Math.min(many, labelled));
  const tokens = (spec.model.thinking + rows) * (columns + 1);
  return { target, rows, labelled, columns, tables: Math.max(1, Math.round(spec.tokens / tokens)) };
}

function pickColumns(columns: readonly number[], stream: Random): number {
  const weights = columns.map((c) => 1 / (c + 4));
  let left = stream.uniform() * weights.reduce((a, b) => a + b);
  const at = weights.findIndex((weight) => (left -= weight) < 0);
  return columns[at] ?? columns.at(-1)!;
}
