import type { Command } from '@commander-js/extra-typings';
import { missing } from '../../core/errors.js';
import { packageFile } from '../package.js';
import type { World } from '../world.js';
import { DEFAULT_MODEL } from './predict.js';

/** What is learned: a class, which eleven rows lack, and a number, which two lack. */
const TARGETS = ['sex', 'body_mass_g'];

/** `icicle demo`, and `icicle` without words: the main job on the table that ships with the program. */
export function registerDemo(program: Command, world: World): void {
  program
    .command('demo')
    .summary('the main job on a table that ships with Icicle (also without a verb)')
    .description(
      'Learns the sex and the body mass of the Palmer penguins from labelled rows and fills in the empty cells.',
    )
    .option('--json', 'print one JSON document')
    .action(async (options) => {
      const { predictTabular } = await import('../predict-tabular.js');
      const json = options.json === true;
      const model = await world.openTabular(DEFAULT_MODEL);
      if (model === undefined)
        throw missing(DEFAULT_MODEL, 'the model there learns no tables; install the package again');
      try {
        for (const [at, target] of TARGETS.entries()) {
          if (at > 0) world.say('\n');
          if (json) await world.out(at === 0 ? '[' : ',');
          else if (at > 0) await world.out('\n');
          await predictTabular(
            {
              table: packageFile('examples', 'tables', 'penguins.csv'),
              options: { target, seed: 1 },
              ...(json ? {} : { explain: 1 }),
              json,
            },
            model,
            world,
          );
        }
        if (json) await world.out(']\n');
      } finally {
        await model.close();
      }
      world.say(
        '\nTry next:\n' +
          '  icicle predict examples/tables/wine.csv --target cultivar --holdout 0.25 --repeats 5\n' +
          '  icicle predict your.csv --target your_column -o filled.csv\n' +
          '  icicle serve\n' +
          '  icicle predict --help\n' +
          '(in this folder: npx icicle …, or npm start -- …)\n',
      );
    });
}
