import { availableParallelism } from 'node:os';
import { type Command, Option } from '@commander-js/extra-typings';
import { numberFlag, numbersFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle phase --layers 1,2,4,8 --width 16,32,64 --noise 0,0.5 --steps 300,1200` */
export function registerPhase(program: Command, world: World): void {
  const whole = (flag: string, example: string) => numbersFlag(flag, { least: 1, whole: true, example });
  program
    .command('phase')
    .summary('a map of which algorithm is found at which size of model')
    .description(
      'Trains a model for each number of layers, width, noise and budget of steps, or takes the finished run where there is ' +
        'one, identifies each and draws the map. Runs are trained one a core; what was stopped goes on where it was.',
    )
    .addOption(
      new Option('--dims <d>', 'inputs of a point')
        .argParser(numberFlag('--dims', { least: 1, most: 64, whole: true, example: '5' }))
        .default(5),
    )
    .addOption(
      new Option('--layers <list>', 'numbers of layers')
        .argParser(whole('--layers', '1,2,4,8'))
        .default([1, 2, 4, 8]),
    )
    .addOption(
      new Option('--width <list>', 'widths').argParser(whole('--width', '16,32,64')).default([16, 32, 64]),
    )
    .addOption(
      new Option('--noise <list>', 'standard deviations of the label noise')
        .argParser(numbersFlag('--noise', { least: 0, example: '0,0.5' }))
        .default([0]),
    )
    .addOption(
      new Option('--steps <list>', 'budgets of training')
        .argParser(whole('--steps', '300,1200'))
        .default([1200]),
    )
    .option('--set <key=value>', 'changes the training spec of every run (repeat it for several)', repeatFlag)
    .option('--runs <folder>', 'where run folders are written', 'runs')
    .addOption(
      new Option('--jobs <n>', 'runs at a time')
        .argParser(numberFlag('--jobs', { least: 1, most: 256, whole: true, example: '2' }))
        .default(availableParallelism()),
    )
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('-o, --output <file>', 'the map as .svg')
    .option('--json', 'print all phases as one JSON document')
    .action(async ({ json, ...rest }) => {
      const { showPhases } = await import('../show-phases.js');
      await showPhases({ ...rest, json: json === true }, world);
    });
}
