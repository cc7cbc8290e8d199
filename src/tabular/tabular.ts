import type { Engine } from '../engine/engine.js';
import type { Model } from '../model/model.js';
import type { TableConfig } from '../model/table/config.js';
import { tableNetwork } from '../model/table/network.js';
import { type ContextOptions, checkOptions, choicesOf, typedTarget } from './context-options.js';
import { IN_CONTEXT, learnInContext } from './in-context.js';
import { type Cell, type Rows, tableOf } from './memory.js';
import type { PredictionOf, Reading } from './prediction.js';
import { readTask } from './saved.js';
import { scanTable } from './scan.js';
import { examplesOf, fitSchema } from './schema.js';
import type { TableSource } from './table.js';
import { type TabularTask, taskOf, warningsOf } from './tabular-task.js';
import { constantOf } from './trust/constant.js';

/** A frozen table transformer, ready to learn tables. */
export interface TabularLearner {
  readonly name: string;
  readonly hash: string;
  /**
   * Learns a table from its labelled rows.
   * @throws IcicleError: whatever can be wrong with a table, one line that says what to do about it
   */
  context<Row extends Readonly<Record<string, Cell>>, Target extends keyof Row & string>(
    rows: readonly Row[],
    options: ContextOptions & { readonly target: Target },
  ): Promise<TabularTask<PredictionOf<Row[Target]>>>;
  context(rows: Rows | TableSource, options: ContextOptions): Promise<TabularTask>;
  /** A task that was saved. @throws IcicleError where it is damaged, or of another model */
  open(saved: string): Promise<TabularTask>;
  /** Gives the memory of the network's programs back. */
  release(): Promise<void>;
}

export function tabularLearner(model: Model<TableConfig>, engine: Engine): TabularLearner {
  const { name, hash, config, parameters } = model;
  const network = tableNetwork(config, parameters, engine);
  const learn = async (source: TableSource, options: ContextOptions, known?: readonly string[]) => {
    checkOptions(options);
    const choices = choicesOf(options);
    const {
      target,
      seed = IN_CONTEXT.seed,
      members = IN_CONTEXT.members,
      folds = IN_CONTEXT.folds,
      level = IN_CONTEXT.level,
    } = options;
    const scan = await scanTable(source, { target, seed, choices });
    const schema = fitSchema(source, scan.columns, target, scan.examples, scan.choices);
    const examples = examplesOf(schema, source, scan.examples);
    const learned = await learnInContext({ config, network }, examples, {
      ...IN_CONTEXT,
      seed,
      members,
      folds,
      level,
      ...(options.progress === undefined ? {} : { progress: options.progress }),
    });
    const reading: Reading = {
      schema,
      learned,
      lines: scan.examples.map(({ line }) => line),
      level,
      abstain: options.abstain,
      deviation: constantOf(examples, [], config.quantiles).deviation,
    };
    const warnings = known ?? warningsOf(schema, examples, learned, scan);
    return taskOf({
      ...{ source, scan, schema, examples, learned, reading, options, warnings },
      model: { name, hash },
    });
  };
  return {
    name,
    hash,
    // What a target's cells are in TypeScript is what `typedTarget` finds in them.
    context: (async (rows: Rows | TableSource, options: ContextOptions) =>
      isSource(rows)
        ? learn(rows, options)
        : learn(tableOf(rows), typedTarget(rows, options))) as TabularLearner['context'],
    open: async (saved) => {
      const { table, options, warnings } = readTask(saved, { name, hash });
      return learn(table, options, warnings);
    },
    release: () => network.release(),
  };
}

const isSource = (rows: Rows | TableSource): rows is TableSource =>
  typeof rows === 'object' &&
  rows !== null &&
  typeof (rows as TableSource).rows === 'function' &&
  Array.isArray((rows as TableSource).names);
