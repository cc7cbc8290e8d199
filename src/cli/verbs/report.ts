import { type Command, Option } from '@commander-js/extra-typings';
import { numberFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle report runs/… -o report.html` */
export function registerReport(program: Command, world: World): void {
  program
    .command('report')
    .summary('one HTML page about any runs')
    .description(
      'Writes one self-contained page about run folders: how training went, what each finished model turned out to be, specs ' +
        'and hashes. It loads nothing from a network.',
    )
    .argument('<run...>', 'run folders')
    .requiredOption('-o, --output <file>', 'the page, as .html')
    .addOption(
      new Option('--episodes <n>', 'episodes of the identification')
        .argParser(numberFlag('--episodes', { least: 2, most: 1_000_000, whole: true, example: '512' }))
        .default(512),
    )
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .action(async (runs, options) => {
      const { showReport } = await import('../show-report.js');
      await showReport({ runs, ...options }, world);
    });
}
