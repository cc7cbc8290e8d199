import { type Command, Option } from '@commander-js/extra-typings';
import { numberFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle theory --dims 8 --noise 0.5` */
export function registerTheory(program: Command, world: World): void {
  program
    .command('theory')
    .summary('known expectations of textbook learners’ errors beside simulated ones')
    .description(
      'Simulates textbook learners on linear tasks (x, w ~ N(0, I)) and holds their errors against what is known in closed ' +
        'form, in standard errors. Where the mean error or its variance does not exist, as of least squares on about as ' +
        'many noisy examples as inputs, it says so.',
    )
    .addOption(
      new Option('--dims <d>', 'inputs of a point')
        .argParser(numberFlag('--dims', { least: 2, most: 64, whole: true, example: '8' }))
        .default(8),
    )
    .addOption(
      new Option('--noise <σ>', 'standard deviation of the label noise')
        .argParser(numberFlag('--noise', { least: 0, example: '0.5' }))
        .default(0),
    )
    .addOption(
      new Option('--episodes <n>', 'episodes')
        .argParser(numberFlag('--episodes', { least: 100, most: 1_000_000, whole: true, example: '65536' }))
        .default(65_536),
    )
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('--json', 'print all rows as one JSON document')
    .action(async ({ json, ...rest }) => {
      const { showTheory } = await import('../show-theory.js');
      await showTheory({ ...rest, json: json === true }, world);
    });
}
