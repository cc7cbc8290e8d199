import { type Command, Option } from '@commander-js/extra-typings';
import { invalid, listed, missing } from '../../core/errors.js';
import { choicesOf } from '../../tabular/context-options.js';
import { tabularRequest, typesOf } from '../tabular-request.js';
import { numberFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

export const DEFAULT_MODEL = 'models/tabular';

/** `icicle predict table.csv --target column` */
export function registerPredict(program: Command, world: World): void {
  program
    .command('predict')
    .summary('learn a table in context and fill in its empty cells')
    .description(
      'Learns a column, of classes or of numbers, from the rows that have it, given as context to a frozen model, and ' +
        'predicts it for the rows that lack it, with how sure that is. CSV with a header; comma, semicolon or tab; cells may ' +
        'be missing. With --output, every predicted row is written with all its cells, the prediction in last columns ' +
        'predicted_<column> and probability_<column> (of numbers low_ and high_), in the form of the file that it comes from.',
    )
    .argument('<table.csv>', 'rows with the target are the examples, rows without it are predicted')
    .option('-t, --target <column>', 'the column to predict (needed)')
    .option('--rows <file.csv>', 'predict all rows of this file instead')
    .option(
      '--holdout <share>',
      'also compare with textbook learners on this share of the labelled rows, held out',
      numberFlag('--holdout', { least: 0, most: 1, example: '0.25' }),
    )
    .option(
      '--repeats <n>',
      'held-out splits (default: 20)',
      numberFlag('--repeats', { least: 1, most: 10_000, whole: true, example: '20' }),
    )
    .option(
      '--examples <n>',
      'labelled rows shown in each split (default: all that are not held out)',
      numberFlag('--examples', { least: 3, whole: true, example: '40' }),
    )
    .option('--category <column>', 'columns of numbers that are names (repeat it, or commas)', repeatFlag)
    .option(
      '--types <column=type>',
      'what columns hold: number, category or ignore (repeat it, or commas)',
      repeatFlag,
    )
    .option('--ignore <column>', 'columns to leave out (repeat it, or commas)', repeatFlag)
    .option('--model <folder>', 'the frozen model', DEFAULT_MODEL)
    .option(
      '--members <n>',
      'views of the table whose answers are averaged (default: 4)',
      numberFlag('--members', { least: 1, most: 64, whole: true, example: '4' }),
    )
    .option(
      '--level <share>',
      'how often intervals hold the truth (default: 0.9)',
      numberFlag('--level', { least: 0.5, most: 0.999, example: '0.9' }),
    )
    .option(
      '--abstain <risk>',
      'leave out what is less sure: a class likelier to be wrong, a number unsure by more deviations',
      numberFlag('--abstain', { least: 0, example: '0.1' }),
    )
    .option(
      '--explain <rows>',
      'say what speaks for the first predictions',
      numberFlag('--explain', { least: 1, most: 20, whole: true, example: '3' }),
    )
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('-o, --output <file.csv>', 'write the predicted rows to a CSV file')
    .option('--json', 'print one JSON document')
    .action(async (table, options) => {
      const [{ predictTable }, { predictTabular }, { openTable }] = await Promise.all([
        import('../predict-table.js'),
        import('../predict-tabular.js'),
        import('../../tabular/read.js'),
      ]);
      // Not a required option of the parser, which would complain before it looks at misspelt flags.
      if (options.target === undefined)
        throw missing(
          '--target',
          `name the column to predict. Columns: ${listed((await openTable(table)).names)}`,
        );
      if (options.holdout !== undefined && !(options.holdout > 0 && options.holdout < 1))
        throw invalid('--holdout', options.holdout, 'a share between 0 and 1, such as 0.25');
      for (const flag of ['repeats', 'examples'] as const)
        if (options[flag] !== undefined && options.holdout === undefined)
          throw invalid(`--${flag}`, options[flag], 'it belongs to a comparison: add --holdout 0.25');
      const tables = await world.openTabular(options.model);
      if (tables !== undefined) {
        try {
          return await predictTabular(tabularRequest(table, options.target, options), tables, world);
        } finally {
          await tables.close();
        }
      }
      for (const flag of ['members', 'level', 'abstain', 'explain'] as const)
        if (options[flag] !== undefined)
          throw invalid(
            `--${flag}`,
            String(options[flag]),
            'it belongs to models of tables: leave it out or use such a model',
          );
      await predictTable(
        {
          table,
          target: options.target,
          ...(options.rows === undefined ? {} : { rows: options.rows }),
          ...(options.holdout === undefined
            ? {}
            : {
                comparison: {
                  share: options.holdout,
                  repeats: options.repeats ?? 20,
                  ...(options.examples === undefined ? {} : { examples: options.examples }),
                },
              }),
          choices: choicesOf({ target: options.target, types: typesOf(options) }),
          model: options.model,
          seed: options.seed,
          ...(options.output === undefined ? {} : { output: options.output }),
          json: options.json === true,
        },
        world,
      );
    });
}
