import { type Command, Option } from '@commander-js/extra-typings';
import { numberFlag, numbersFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';
import { DEFAULT_MODEL } from './predict.js';

/** `icicle evaluate folder` */
export function registerEvaluate(program: Command, world: World): void {
  program
    .command('evaluate')
    .summary('hold the table learner against scikit-learn on real tables')
    .description(
      'Learns every split of every table in a folder and measures it beside the baselines there. The folder is made by ' +
        'bench/evaluate/fetch.py, splits.py and baselines.py, which need Debian’s python3-sklearn; the splits are files, the same ' +
        'for all. A table that is done is kept there and not done again.',
    )
    .argument('<folder>', 'with suite.json, tables, splits and baselines')
    .option('--table <name>', 'only these tables (repeat it, or commas)', repeatFlag)
    .option(
      '--labels <n,…>',
      'only these numbers of labelled rows',
      numbersFlag('--labels', { least: 3, whole: true, example: '10,50' }),
    )
    .option(
      '--repeats <n>',
      'only so many splits of each (default: all)',
      numberFlag('--repeats', { least: 1, whole: true, example: '5' }),
    )
    .option(
      '--members <n>',
      'views of a table',
      numberFlag('--members', { least: 1, most: 64, whole: true, example: '4' }),
    )
    .option('--held-back', 'have the report say that the tables were held back')
    .option('--model <folder>', 'the frozen model', DEFAULT_MODEL)
    .addOption(new Option('--seed <n>', 'seed of the intervals').argParser(seedFlag).default(1))
    .option('-o, --output <file.md>', 'write the report to a file')
    .option('--json', 'print all rows as one JSON document')
    .action(async (folder, options) => {
      const { evaluateTables } = await import('../evaluate-tables.js');
      const words = options.table?.flatMap((text) => text.split(','));
      await evaluateTables(
        {
          folder,
          model: options.model,
          seed: options.seed,
          json: options.json === true,
          ...(words === undefined ? {} : { tables: words }),
          ...(options.labels === undefined ? {} : { labels: options.labels }),
          ...(options.repeats === undefined ? {} : { repeats: options.repeats }),
          ...(options.members === undefined ? {} : { members: options.members }),
          ...(options.heldBack === true ? { heldBack: true } : {}),
          ...(options.output === undefined ? {} : { output: options.output }),
        },
        world,
      );
    });
}
