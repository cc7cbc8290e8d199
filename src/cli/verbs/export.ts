import { type Command, Option } from '@commander-js/extra-typings';
import type { World } from '../world.js';
import { DEFAULT_MODEL } from './predict.js';

/** `icicle export model -o model.onnx` */
export function registerExport(program: Command, world: World): void {
  program
    .command('export')
    .summary('write a model as one ONNX file for other runtimes')
    .description(
      'Writes a frozen model as one ONNX file that any runtime opens, all lengths open. A model of tables takes labelled and ' +
        'asked cells at once; docs/tables.md says how cells are encoded.',
    )
    .argument('[model]', 'a folder, or the name of a model that ships with the package', DEFAULT_MODEL)
    .addOption(
      new Option('--target <kind>', 'of a model of tables: what is predicted')
        .choices(['classes', 'number'] as const)
        .default('classes' as const),
    )
    .requiredOption('-o, --output <file.onnx>', 'the file')
    .action(async (model, { target, output }) => {
      const { exportModel } = await import('../export-model.js');
      await exportModel({ model, target, output }, world);
    });
}
