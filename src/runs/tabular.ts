import type { Engine } from '../engine/engine.js';
import { type TabularLearner, tabularLearner } from '../tabular/tabular.js';
import { openTableModel } from './model-folder.js';

/**
 * A frozen table transformer from its folder, ready to learn tables.
 * @throws IcicleError where a file is missing (exit code 2), cannot be read, is cut short or altered, or holds another kind of model
 */
export const openTabular = async (folder: string, engine: Engine): Promise<TabularLearner> =>
  tabularLearner(await openTableModel(folder), engine);
