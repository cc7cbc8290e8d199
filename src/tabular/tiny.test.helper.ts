import { nodeEngine } from '../engine/node.js';
import { makeTableModel } from '../model/model.js';
import { tableConfig } from '../model/table/config.js';
import { initialiseTable } from '../model/table/parameters.js';
import type { ContextOptions } from './context-options.js';
import type { Columns, Rows } from './memory.js';
import type { Prediction } from './prediction.js';
import type { TableSource } from './table.js';
import { collect } from './table.test.helper.js';
import { type TabularLearner, tabularLearner } from './tabular.js';
import type { TabularTask } from './tabular-task.js';

const config = tableConfig.parse({ width: 8, layers: 2, heads: 2, thinking: 2, codes: 4, quantiles: 7 });

/** A table transformer that was never trained, and is quick. What is promised of predictions holds all the same. */
export function tinyLearner(seed = 3): TabularLearner {
  const origin = { kind: 'trained', specHash: '0', spec: {} } as const;
  const { model } = makeTableModel('tiny', config, initialiseTable(config, seed), origin);
  return tabularLearner(model, nodeEngine({ threads: 1 }));
}

/** `context` of rows whose types the compiler need not know. */
export const learnRows = (
  learner: TabularLearner,
  rows: Rows | TableSource,
  options: ContextOptions,
): Promise<TabularTask> => learner.context(rows as Columns | TableSource, options);

export const predictRows = (task: TabularTask, rows: Rows): Promise<Prediction[]> =>
  collect(task.predict(rows));

/** The numbers of a prediction: probabilities, or the mean, interval and quantiles. */
export const numbersOf = (prediction: Prediction): number[] =>
  prediction.kind === 'classes'
    ? Object.values(prediction.probabilities)
    : [prediction.value, ...prediction.interval, ...Object.values(prediction.quantiles)];
