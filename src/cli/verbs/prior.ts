import { type Command, Option } from '@commander-js/extra-typings';
import { numberFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle prior --show 12 --task classes -o prior.svg` */
export function registerPrior(program: Command, world: World): void {
  program
    .command('prior')
    .summary('draws synthetic tables, which a table transformer is trained on, and shows them')
    .description(
      'Draws tables from the prior, prints what they are like, and draws a sheet of them: the two columns that tell most of ' +
        'the target, each row coloured by its class or shaded by its number.',
    )
    .addOption(
      new Option('--show <n>', 'tables')
        .argParser(numberFlag('--show', { least: 1, most: 1000, whole: true, example: '12' }))
        .default(12),
    )
    .addOption(
      new Option('--task <kind>', 'what is asked: classes, number, or both in turn')
        .choices(['classes', 'number', 'both'] as const)
        .default('both' as const),
    )
    .option('--set <key=value>', 'changes the spec of the prior (repeat it for several)', repeatFlag)
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('-o, --output <file>', 'the sheet as .svg')
    .option('--json', 'print all tables’ statistics as one JSON document')
    .action(async ({ json, ...rest }) => {
      const { showPrior } = await import('../show-prior.js');
      await showPrior({ ...rest, json: json === true }, world);
    });
}
