import { nodeEngine } from '../engine/node.js';
import { modelLearner } from '../model/learner.js';
import { countNumbers, type Model } from '../model/model.js';
import type { TableConfig } from '../model/table/config.js';
import { openAnyModel, openModel } from '../runs/model-folder.js';
import { tabularLearner } from '../tabular/tabular.js';
import type { FamilySpec } from '../tasks/index.js';
import { compiledFrom } from './compiled-from.js';
import { engineFor } from './engine-for.js';
import { modelFolder } from './package.js';
import type { FrozenModel, FrozenTabular } from './world.js';

/**
 * Opens a model from disk, or one that ships with the package.
 * @throws IcicleError where there is no such model or its files are not whole
 */
export async function openFrozen(path: string): Promise<FrozenModel> {
  const model = await openModel(modelFolder(path));
  const { name, config, parameters, hash, provenance } = model;
  const learner = modelLearner(name, config, parameters, engineFor(model));
  const trainedOn = provenance.spec.family as FamilySpec | undefined;
  const textbook = await compiledFrom(model);
  return {
    learner,
    name,
    parameters: countNumbers(parameters),
    hash,
    ...(trainedOn === undefined ? {} : { trainedOn }),
    ...(textbook === undefined ? {} : { compiledFrom: textbook }),
    close: learner.release,
  };
}

/**
 * Opens a model of tables; none where the folder holds one of in-context regression.
 * @throws IcicleError as `openFrozen` does
 */
export async function openFrozenTables(path: string): Promise<FrozenTabular | undefined> {
  const model = await openAnyModel(modelFolder(path));
  if (!('kind' in model.config)) return undefined;
  const learner = tabularLearner(model as Model<TableConfig>, nodeEngine());
  return {
    learner,
    name: model.name,
    parameters: countNumbers(model.parameters),
    hash: model.hash,
    close: learner.release,
  };
}
