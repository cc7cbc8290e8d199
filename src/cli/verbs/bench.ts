import { type Command, Option } from '@commander-js/extra-typings';
import { unknown } from '../../core/errors.js';
import { sizes } from '../bench-sizes.js';
import { listFlag, numberFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle bench step`, `icicle bench learn` */
export function registerBench(program: Command, world: World): void {
  const bench = program.command('bench').summary('how fast a training step is, and how fast a model learns');

  bench
    .command('step')
    .description(
      'Times a training step, sampling included, of the GPTs S, M and B, and PyTorch’s of the same model in turn with it where ' +
        '/usr/bin/python3 has torch (apt-get install python3-torch libopenblas0-openmp).',
    )
    .addOption(new Option('--sizes <list>', 'which sizes').argParser(sizeList).default([...sizes]))
    .addOption(
      new Option('--rounds <n>', 'rounds that are counted')
        .argParser(numberFlag('--rounds', { least: 1, most: 1000, whole: true, example: '8' }))
        .default(8),
    )
    .addOption(
      new Option('--steps <n>', 'steps in a round')
        .argParser(numberFlag('--steps', { least: 1, most: 1000, whole: true, example: '5' }))
        .default(5),
    )
    .option('--json', 'print one JSON document')
    .action(async ({ json, ...rest }) => {
      const { benchStep } = await import('../bench-step.js');
      await benchStep({ ...rest, json: json === true }, world);
    });

  bench
    .command('learn')
    .description(
      'Trains the paper’s setting (noiseless, no teacher) and prints after how many seconds of training the squared prediction ' +
        'difference to least squares ÷ d, mean over 1…2d examples, fell below .1, .05, .02 and .01; then the same recipe in PyTorch, where /usr/bin/python3 has torch.',
    )
    .addOption(new Option('--dims <d>', 'which preset').choices(['5', '8'] as const).default('5' as const))
    .addOption(new Option('--seed <n>', 'seed of all random choices').argParser(seedFlag).default(1))
    .option('--set <key=value>', 'changes the spec (repeat it for several)', repeatFlag)
    .option('--no-torch', 'ours alone')
    .option('--json', 'print one JSON document')
    .action(async ({ json, torch, set, ...rest }) => {
      const { benchLearn } = await import('../bench-learn.js');
      await benchLearn({ ...rest, settings: set ?? [], torch, json: json === true }, world);
    });
}

function sizeList(text: string): (typeof sizes)[number][] {
  return listFlag(text).map((word) => {
    const size = sizes.find((known) => known === word.toUpperCase());
    if (size === undefined) throw unknown('size', word, sizes);
    return size;
  });
}
