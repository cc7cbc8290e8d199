import type { Engine } from '../engine/engine.js';
import { modelLearner } from '../model/learner.js';
import {
  type AnyModel,
  type ModelFiles,
  makeModel,
  makeTableModel,
  type Provenance,
} from '../model/model.js';
import type { Parameters } from '../model/parameters.js';
import { isTables, type RunSpec } from '../train/run-spec.js';
import { type Evaluate, evaluationOf } from './evaluation.js';
import { openModel, openTableModel } from './model-folder.js';
import { tableEvaluation } from './table-evaluation.js';

/** What a run knows of what it trains: how good it is, and how it becomes a model. */
export interface Trainee {
  readonly evaluate: Evaluate;
  make(parameters: Parameters, origin: Provenance): { model: AnyModel; files: ModelFiles };
  /** @throws IcicleError where the folder holds no whole model */
  open(folder: string): Promise<AnyModel>;
}

/** @throws IcicleError where the spec cannot be evaluated */
export async function traineeOf(spec: RunSpec, engine: Engine): Promise<Trainee> {
  if (isTables(spec))
    return {
      evaluate: tableEvaluation(spec, engine),
      make: (parameters, origin) => makeTableModel(spec.name, spec.model, parameters, origin),
      open: openTableModel,
    };
  const evaluate = await evaluationOf(spec);
  return {
    evaluate: (parameters) => {
      const learner = modelLearner(spec.name, spec.model, parameters, engine);
      return evaluate(learner).finally(() => learner.release());
    },
    make: (parameters, origin) => makeModel(spec.name, spec.model, parameters, origin),
    open: openModel,
  };
}
