import { type Command, Option } from '@commander-js/extra-typings';
import { listFlag, numberFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';
import { noiseOption, scaleOption } from './family-options.js';

/** `icicle morph compiled trained -o morph.svg` */
export function registerMorph(program: Command, world: World): void {
  program
    .command('morph')
    .summary('walks from one model to another: errors and distances on the way')
    .description(
      'Mixes two models, (1 − t) of the first and t of the second, at 11 points from t = 0 to 1: their weights, where both have ' +
        'the same config, once heads and hidden units of the second stand where they match the first best; and their ' +
        'predictions. At each point: squared error by number of examples, and how far predictions are from both models’ and ' +
        'from textbook learners’.',
    )
    .argument('<a>', 'a model’s folder or name, such as what icicle compile wrote')
    .argument('<b>', 'another one, such as what icicle train --from <a> made of it')
    .addOption(
      new Option('--dims <d>', 'inputs of a point (default: what both models take)').argParser(
        numberFlag('--dims', { least: 1, most: 512, whole: true, example: '3' }),
      ),
    )
    .addOption(
      new Option(
        '--examples <n>',
        'the most examples in a prompt (default: what both models take)',
      ).argParser(numberFlag('--examples', { least: 1, most: 4095, whole: true, example: '6' })),
    )
    .addOption(
      new Option('--episodes <n>', 'episodes')
        .argParser(numberFlag('--episodes', { least: 2, most: 1_000_000, whole: true, example: '512' }))
        .default(512),
    )
    .option(
      '--family <name>',
      'the family of tasks, by name or as JSON (docs/families.md; default: what the compiled one takes, else linear)',
    )
    .option('--set <key=value>', 'an option of the family (repeat it for several)', repeatFlag)
    .addOption(noiseOption())
    .addOption(scaleOption())
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option(
      '--learners <list>',
      'textbook learners to measure distances to (default: those that were compiled, zero, gd:1, ridge:0.1, and bayes where there is one)',
      listFlag,
    )
    .option('-o, --output <file>', 'the walks as .svg, or all rows as .json')
    .option('--json', 'print one JSON document')
    .action(async (a, b, { json, ...rest }) => {
      const { morphModels } = await import('../morph-models.js');
      await morphModels({ ...rest, a, b, json: json === true }, world);
    });
}
