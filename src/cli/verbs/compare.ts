import { type Command, Option } from '@commander-js/extra-typings';
import { learnerUsage } from '../../learners/index.js';
import { listFlag, numberFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';
import { noiseOption, scaleOption } from './family-options.js';

/** `icicle compare --model models/linear-8 --family linear --learners ols,ridge:0.1` */
export function registerCompare(program: Command, world: World): void {
  program
    .command('compare')
    .summary('the same episodes for several learners: errors and distances')
    .description(
      'Gives the same episodes of a family to models and textbook learners and measures, by number of examples, each ' +
        'one’s squared error, how far the predictions of any two are apart, and of those that say how far off they expect ' +
        'to be whether that is so.\n' +
        `Learners: ${Object.values(learnerUsage).join('; ')}.`,
    )
    .option('--model <folder>', 'a frozen model (repeat it for several)', repeatFlag)
    .option('--learners <list>', 'textbook learners, with commas', listFlag)
    .option('--family <name>', 'the family of tasks, by name or as JSON (docs/families.md)', 'linear')
    .option(
      '--set <key=value>',
      'an option of the family, such as inputs=8 (repeat it for several)',
      repeatFlag,
    )
    .option('--shifts <list>', 'errors under distribution shifts: all, or names with commas')
    .addOption(
      new Option('--dims <d>', 'inputs of a point').argParser(
        numberFlag('--dims', { least: 1, most: 512, whole: true, example: '8' }),
      ),
    )
    .addOption(noiseOption())
    .addOption(scaleOption())
    .addOption(
      new Option('--episodes <n>', 'episodes')
        .argParser(numberFlag('--episodes', { least: 1, most: 1_000_000, whole: true, example: '1024' }))
        .default(1024),
    )
    .option(
      '--examples <n>',
      'the most examples in a prompt (default: 40, or what the models take)',
      numberFlag('--examples', { least: 1, most: 4095, whole: true, example: '40' }),
    )
    .option('--reference <learner>', 'distances to this learner only (default: of every pair)')
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('-o, --output <file>', 'learning curves as .svg, or all rows as .csv or .json')
    .option('--json', 'print all rows as one JSON document')
    .action(async ({ model, learners, json, ...rest }) => {
      const { compareLearners } = await import('../compare-learners.js');
      await compareLearners(
        { ...rest, models: model ?? [], learners: learners ?? [], json: json === true },
        world,
      );
    });
}
