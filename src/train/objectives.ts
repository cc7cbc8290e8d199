import type { Objective } from './objective.js';
import { regressionObjective } from './regression-objective.js';
import { isTables, type RunSpec } from './run-spec.js';
import { tableObjective } from './table-objective.js';

/** What a run's spec says is trained. */
export const objectiveOf = (spec: RunSpec): Objective =>
  isTables(spec) ? tableObjective(spec) : regressionObjective(spec);
