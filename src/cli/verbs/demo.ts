import type { Command } from '@commander-js/extra-typings';
import { packageFile } from '../package.js';
import type { World } from '../world.js';
import { DEFAULT_MODEL } from './predict.js';

/** `icicle demo`, and `icicle` without words: the main job on the table that ships with the program. */
export function registerDemo(program: Command, world: World): void {
  program
    .command('demo')
    .summary('the main job on a table that ships with Icicle (also without a verb)')
    .description(
      'Learns the body mass of the Palmer penguins from labelled rows and fills in the empty cells.',
    )
    .option('--json', 'print one JSON document')
    .action(async (options) => {
      const { predictTable } = await import('../predict-table.js');
      const table = packageFile('examples', 'tables', 'penguins.csv');
      await predictTable(
        {
          table,
          target: 'body_mass_g',
          choices: {},
          comparison: { share: 0.25, repeats: 20, examples: 40 },
          model: DEFAULT_MODEL,
          seed: 1,
          json: options.json === true,
        },
        world,
      );
      world.say(
        '\nTry next:\n' +
          '  icicle predict examples/tables/wine.csv --target alcohol --holdout 0.25\n' +
          '  icicle predict your.csv --target your_column -o filled.csv\n' +
          '  icicle predict --help\n' +
          '(in this folder: npx icicle …, or npm start -- …)\n',
      );
    });
}
