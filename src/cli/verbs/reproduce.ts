import { availableParallelism } from 'node:os';
import { type Command, Option } from '@commander-js/extra-typings';
import { claims } from '../../runs/reproduce/index.js';
import { numberFlag } from '../usage.js';
import type { World } from '../world.js';

/** `icicle reproduce outside -o docs/reproduction.md` */
export function registerReproduce(program: Command, world: World): void {
  program
    .command('reproduce')
    .summary('holds published claims against models trained here')
    .description(
      'Says what it will cost, trains the models that claims of papers speak of, or takes the finished runs, and writes down ' +
        'for each claim what the paper says, what this run got and whether that supports it. What was stopped goes on where it ' +
        `was. Claims: ${claims.map(({ id }) => id).join(', ')}; or outside: all that others have published.`,
    )
    .argument('[claims...]', 'which claims', ['outside'])
    .option('--runs <folder>', 'where run folders are written', 'runs')
    .addOption(
      new Option('--jobs <n>', 'runs at a time')
        .argParser(numberFlag('--jobs', { least: 1, most: 256, whole: true, example: '2' }))
        .default(availableParallelism()),
    )
    .option('--budget', 'say what it will cost, and stop')
    .option('-o, --output <file>', 'the ledger as .md')
    .option('--json', 'print all entries as one JSON document')
    .action(async (claims, { json, budget, ...rest }) => {
      const { showLedger } = await import('../show-ledger.js');
      await showLedger({ claims, ...rest, budget: budget === true, json: json === true }, world);
    });
}
