import { type Command, Option } from '@commander-js/extra-typings';
import { aboutPrograms, programNames, targetNames } from '../../compile/index.js';
import { numberFlag, repeatFlag, seedFlag } from '../usage.js';
import type { World } from '../world.js';
import { noiseOption, scaleOption } from './family-options.js';

/** `icicle compile ridge --dims 4 --examples 8 --lambda 0.5 --target faithful --verify 1000 -o ridge.onnx` */
export function registerCompile(program: Command, world: World): void {
  program
    .command('compile')
    .summary('a learning algorithm as the exact weights of a transformer')
    .description(
      'Compiles a learning algorithm into the weights of a transformer that runs it in its forward pass, holds it against the ' +
        'textbook and writes it as a model or an ONNX file. Nothing is trained.\n' +
        `Programs: ${programNames.map((name) => `${name} (${aboutPrograms[name].about})`).join('; ')}.`,
    )
    .argument('<program>', programNames.join(', '))
    .addOption(
      new Option('--dims <d>', 'inputs of a point')
        .argParser(numberFlag('--dims', { least: 1, most: 64, whole: true, example: '4' }))
        .default(4),
    )
    .addOption(
      new Option('--examples <n>', 'the most examples')
        .argParser(numberFlag('--examples', { least: 1, most: 256, whole: true, example: '8' }))
        .default(8),
    )
    .addOption(
      new Option(
        '--lambda <λ>',
        'λ of ridge, logistic regression or a gradient step; α of the lasso',
      ).argParser(numberFlag('--lambda', { least: 0, example: '0.5' })),
    )
    .addOption(
      new Option('--rate <α>', 'rate of a gradient step').argParser(
        numberFlag('--rate', { least: 0, example: '0.01' }),
      ),
    )
    .addOption(
      new Option('--steps <k>', 'steps, of a program that has them').argParser(
        numberFlag('--steps', { least: 1, most: 256, whole: true, example: '4' }),
      ),
    )
    .addOption(
      new Option('--gamma <γ>', 'γ of GD++, how far a step transforms the inputs').argParser(
        numberFlag('--gamma', { least: 0, example: '0.01' }),
      ),
    )
    .option(
      '--family <name>',
      'the tasks whose numbers it is made for, by name or as JSON (docs/families.md; default: x, w ~ N(0, I), of logistic their signs)',
    )
    .option('--set <key=value>', 'an option of the family (repeat it for several)', repeatFlag)
    .addOption(noiseOption())
    .addOption(scaleOption())
    .addOption(
      new Option('--target <name>', 'what the layers are made of (default: the program’s own)').choices(
        targetNames,
      ),
    )
    .addOption(
      new Option('--precision <name>', 'the arithmetic of what is written')
        .choices(['float32', 'float64'] as const)
        .default('float32' as const),
    )
    .addOption(
      new Option(
        '--tolerance <error>',
        'the largest error to be expected (default: 0.01, in float64 1e-6)',
      ).argParser(
        numberFlag('--tolerance', {
          least: 0,
          example: '0.001',
        }),
      ),
    )
    .addOption(
      new Option('--verify <n>', 'episodes to hold it against the textbook')
        .argParser(numberFlag('--verify', { least: 1, most: 1_000_000, whole: true, example: '1000' }))
        .default(100),
    )
    .addOption(new Option('--seed <n>', 'seed of those episodes').argParser(seedFlag).default(1))
    .option(
      '--explain [weight]',
      'print the program and every pass’s outcome, or one weight with named rows and columns',
    )
    .option('-o, --output <place>', 'a folder for the model, or an .onnx file')
    .option('--json', 'print one JSON document')
    .action(async (name, { dims, json, ...rest }) => {
      const { compileProgram } = await import('../compile-program.js');
      await compileProgram({ ...rest, program: name, inputs: dims, json: json === true }, world);
    });
}
