import { type Command, Option } from '@commander-js/extra-typings';
import { numberFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle inspect models/linear-8` */
export function registerInspect(program: Command, world: World): void {
  program
    .command('inspect')
    .summary('what a model is: config, shapes, provenance, hash; a compiled one’s state')
    .description(
      'Shows a model’s config, its parameters by name with their shapes, where they come from, and the hash of its weights. ' +
        'Of a compiled model also what it computes in one episode, layer by layer: the blocks of its algorithm by name, ' +
        'beside exact arithmetic; of one that was trained from a compiled one, what became of them.',
    )
    .argument('<model>', 'a model folder, or the name of a shipped model')
    .addOption(
      new Option('--seed <n>', 'seed of the episode that a compiled model is shown')
        .argParser(seedFlag)
        .default(1),
    )
    .option(
      '--token <t>',
      'where to look into a compiled model: 2k is the question of point k, 2k + 1 its label (default: the last question)',
      numberFlag('--token', { least: 0, whole: true, example: '4' }),
    )
    .option(
      '--compiled <model>',
      'of a model that was trained from a compiled one, that one: the state then has its names',
    )
    .option('--json', 'print one JSON document')
    .action(async (path, { json, ...rest }) => {
      const { inspectModel } = await import('../inspect-model.js');
      await inspectModel({ ...rest, path, json: json === true }, world);
    });
}
