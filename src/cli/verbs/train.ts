import { type Command, Option } from '@commander-js/extra-typings';
import { presets } from '../../train/presets.js';
import { numberFlag, repeatFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle train linear-8`, `icicle train spec.json --set model.layers=4`, `icicle train --resume runs/…` */
export function registerTrain(program: Command, world: World): void {
  program
    .command('train')
    .summary('a transformer from scratch, until it learns in context')
    .description(
      'Trains a transformer on tasks drawn from a family and writes a run folder: spec, metrics, checkpoint and, when done, ' +
        'the model. The same spec gives the same weights. Ctrl-C writes a checkpoint; --resume goes on from it.\n' +
        `Presets: ${Object.keys(presets).join(', ')}.`,
    )
    .argument('[preset]', 'a preset, or a spec as a .json file')
    .option(
      '--set <key=value>',
      'changes the spec, such as model.layers=4 (repeat it for several)',
      repeatFlag,
    )
    .option('--from <model>', 'begins with the weights of a model: a folder, or the name of one that ships')
    .option('--resume <run>', 'goes on with a run folder')
    .option('--runs <folder>', 'where run folders are written', 'runs')
    .addOption(
      new Option('--device <device>', 'what computes')
        .choices(['cpu', 'webgpu'] as const)
        .default('cpu' as const),
    )
    .option('--one-thread', 'compute the shards of a batch one after the other: slower, the same weights')
    .addOption(
      new Option('--checkpoint <s>', 'seconds between checkpoints')
        .argParser(numberFlag('--checkpoint', { least: 0, example: '30' }))
        .default(30),
    )
    .option('--json', 'print every event as a line of JSON')
    .action(async (preset, { json, oneThread, resume, from, set, ...rest }) => {
      const { trainModel } = await import('../train-model.js');
      await trainModel(
        {
          ...rest,
          settings: set ?? [],
          json: json === true,
          oneThread: oneThread === true,
          ...(preset === undefined ? {} : { source: preset }),
          ...(resume === undefined ? {} : { resume }),
          ...(from === undefined ? {} : { from }),
        },
        world,
      );
    });
}
