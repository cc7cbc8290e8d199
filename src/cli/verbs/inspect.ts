import type { Command } from '@commander-js/extra-typings';
import type { World } from '../world.js';

/** `icicle inspect models/linear-8` */
export function registerInspect(program: Command, world: World): void {
  program
    .command('inspect')
    .summary('what a model is: config, shapes, provenance, hash')
    .description(
      'Shows a model’s config, its parameters by name with their shapes, where they come from, and the hash of its weights.',
    )
    .argument('<model>', 'a model folder, or the name of a shipped model')
    .option('--json', 'print one JSON document')
    .action(async (path, { json }) => {
      const { inspectModel } = await import('../inspect-model.js');
      await inspectModel(path, json === true, world);
    });
}
