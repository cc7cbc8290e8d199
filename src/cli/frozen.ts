import { nodeEngine } from '../engine/node.js';
import { modelLearner } from '../model/learner.js';
import { countNumbers } from '../model/model.js';
import { openModel } from '../runs/model-folder.js';
import type { FamilySpec } from '../tasks/index.js';
import { modelFolder } from './package.js';
import type { FrozenModel } from './world.js';

/**
 * Opens a model from disk, or one that ships with the package.
 * @throws IcicleError where there is no such model or its files are not whole
 */
export async function openFrozen(path: string): Promise<FrozenModel> {
  const { name, config, parameters, hash, provenance } = await openModel(modelFolder(path));
  const learner = modelLearner(name, config, parameters, nodeEngine());
  const trainedOn = provenance.spec.family as FamilySpec | undefined;
  return {
    learner,
    name,
    parameters: countNumbers(parameters),
    hash,
    ...(trainedOn === undefined ? {} : { trainedOn }),
    close: learner.release,
  };
}
