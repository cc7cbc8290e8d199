import { type Command, Option } from '@commander-js/extra-typings';
import { listFlag, numberFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';
import { noiseOption } from './family-options.js';

/** `icicle identify models/linear-8 --dims 8 --noise 0.25` */
export function registerIdentify(program: Command, world: World): void {
  program
    .command('identify')
    .summary('which textbook algorithm a learner’s predictions resemble')
    .description(
      'Gives the same episodes to a model and to textbook learners and says whose predictions the model’s resemble, for ' +
        'each number of examples and over 1…2d of them; which others it cannot be told from; and the λ of ridge and the ' +
        'numbers of gradient and Newton steps that match it best. Intervals hold 90 %, by bootstrap over episodes.',
    )
    .argument('<learner>', 'a model’s folder or name, or a textbook learner such as ridge:0.1')
    .option(
      '--candidates <list>',
      'what it may turn out to be (default: the paper’s textbook learners)',
      listFlag,
    )
    .option('--family <name>', 'the family of tasks, by name or as JSON', 'linear')
    .option(
      '--set <key=value>',
      'an option of the family, such as inputs=8 (repeat it for several)',
      repeatFlag,
    )
    .addOption(
      new Option('--dims <d>', 'inputs of a point').argParser(
        numberFlag('--dims', { least: 1, most: 64, whole: true, example: '8' }),
      ),
    )
    .addOption(noiseOption())
    .addOption(
      new Option('--episodes <n>', 'episodes')
        .argParser(numberFlag('--episodes', { least: 2, most: 1_000_000, whole: true, example: '1024' }))
        .default(1024),
    )
    .option(
      '--examples <n>',
      'the most examples in a prompt (default: 2d)',
      numberFlag('--examples', { least: 1, most: 4095, whole: true, example: '16' }),
    )
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('-o, --output <file>', 'distances by number of examples as .svg, or all rows as .csv or .json')
    .option('--json', 'print all rows as one JSON document')
    .action(async (learner, { json, ...rest }) => {
      const { identifyLearner } = await import('../identify-learner.js');
      await identifyLearner({ ...rest, learner, json: json === true }, world);
    });
}
