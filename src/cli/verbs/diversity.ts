import { availableParallelism } from 'node:os';
import { type Command, Option } from '@commander-js/extra-typings';
import { numberFlag, poolFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle diversity --pool 2..2^12 --steps 3000 -o diversity.svg` */
export function registerDiversity(program: Command, world: World): void {
  program
    .command('diversity')
    .summary('does it learn or recall? Models trained on pools of few and of many tasks')
    .description(
      'Trains a model for each size of a pool of linear tasks, or takes the finished run where there is one, and measures how ' +
        'far its predictions are from the posterior mean over the pool (dMMSE: it recalls) and over all tasks (ridge: it ' +
        'learns), on tasks of the pool and on new ones (Raventós et al. 2023).',
    )
    .addOption(
      new Option('--pool <sizes>', 'numbers of tasks: powers of two as a range, or a list with commas')
        .argParser(poolFlag)
        .default(poolFlag('2..2^10'), '2..2^10'),
    )
    .addOption(
      new Option('--dims <d>', 'inputs of a point')
        .argParser(numberFlag('--dims', { least: 1, most: 64, whole: true, example: '8' }))
        .default(8),
    )
    .addOption(
      new Option('--noise <σ>', 'standard deviation of the label noise')
        .argParser(numberFlag('--noise', { least: 0, example: '0.5' }))
        .default(0.5),
    )
    .addOption(
      new Option('--examples <n>', 'the most examples in a prompt')
        .argParser(numberFlag('--examples', { least: 1, most: 4095, whole: true, example: '15' }))
        .default(15),
    )
    .addOption(
      new Option('--steps <n>', 'steps of training')
        .argParser(numberFlag('--steps', { least: 1, whole: true, example: '3000' }))
        .default(3000),
    )
    .option('--set <key=value>', 'changes the training spec of every run (repeat it for several)', repeatFlag)
    .option('--runs <folder>', 'where run folders are written', 'runs')
    .addOption(
      new Option('--jobs <n>', 'runs at a time')
        .argParser(numberFlag('--jobs', { least: 1, most: 256, whole: true, example: '2' }))
        .default(availableParallelism()),
    )
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('-o, --output <file>', 'the figure as .svg')
    .option('--json', 'print all rows as one JSON document')
    .action(async ({ json, ...rest }) => {
      const { showDiversity } = await import('../show-diversity.js');
      await showDiversity({ ...rest, json: json === true }, world);
    });
}
