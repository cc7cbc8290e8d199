import { type Command, Option } from '@commander-js/extra-typings';
import type { World } from '../world.js';

/** `icicle attach encoder.onnx -o learner.onnx` */
export function registerAttach(program: Command, world: World): void {
  program
    .command('attach')
    .summary('make a frozen encoder (ONNX) a learner in context, without training')
    .description(
      'Puts two layers on a frozen encoder: one pairs examples with their labels, one solves for the linear model that they have ' +
        'in common. Writes one ONNX file: context inputs, labels and query inputs in, predictions out, all lengths open. ' +
        'docs/attach.md tells more.',
    )
    .argument('<encoder.onnx>', 'a network that gives a vector for each input, its first axis open')
    .addOption(
      new Option('--task <kind>', 'what labels are: ones and zeros of classes, or numbers')
        .choices(['classes', 'numbers'] as const)
        .default('classes' as const),
    )
    .addOption(
      new Option(
        '--solver <name>',
        'of classes, which linear model: logistic regression, or ridge regression of ones and zeros',
      )
        .choices(['logistic', 'ridge'] as const)
        .default('logistic' as const),
    )
    .option(
      '--lambda <number>',
      "penalty, in squared units of the vectors; at least 1e-6 of the kernel's trace (float32: 1e-4, logistic 1e-3) is taken for ridge's",
      'leave-one-out',
    )
    .option('--vector <name>', 'which output of the encoder is the vector, where it has several')
    .addOption(
      new Option('--pool <how>', 'of an output with an axis of tokens')
        .choices(['mean', 'first'] as const)
        .default('mean' as const),
    )
    .option('--unit', 'bring vectors to length 1, as is usual for texts')
    .option('--no-intercept', 'fit no constant')
    .addOption(
      new Option('--precision <kind>', 'what the layers compute in; float32 for devices that have no other')
        .choices(['float64', 'float32'] as const)
        .default('float64' as const),
    )
    .option('--json', 'print one JSON document')
    .requiredOption('-o, --output <learner.onnx>', 'the file')
    .action(async (encoder, options) => {
      const { attachFile } = await import('../attach-file.js');
      await attachFile(encoder, options, world);
    });
}
