/** Synthetic tables: what a table transformer is trained on. docs/prior.md */
export { type GeneratorName, generatorNames } from './generators/index.js';
export { sampleTable } from './sample.js';
export { drawSizes } from './sizes.js';
export { type PriorOptions, type PriorSpec, parsePrior, priorSpec } from './spec.js';
export { columnOf, informationOf, statisticsOf, type TableStatistics } from './statistics.js';
export type {
  ColumnKind,
  Drawn,
  Provenance,
  SyntheticTable,
  TableSizes,
  Target,
  TargetKind,
} from './table.js';
