import { Command, CommanderError } from '@commander-js/extra-typings';
import { IcicleError } from '../core/errors.js';
import { packageVersion } from './package.js';
import { inFlags, usageOf } from './usage.js';
import { verbs } from './verbs/index.js';
import { ReaderGone, Relaunched, type World } from './world.js';

/**
 * Runs one command line. Without words it does the main job on the table that ships with the program.
 * @param argv the words behind the program's name
 * @param debug whether a bug shows its stack
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function run(argv: readonly string[], world: World, debug = false): Promise<number> {
  const words = argv.length === 0 ? ['demo'] : argv;
  const pending: Promise<void>[] = [];
  const program = new Command('icicle')
    .description('Frozen transformers that learn in context.')
    .version(packageVersion(), '--version', 'print the version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => pending.push(world.out(text)),
      writeErr: () => undefined, // What is wrong is said once, by `report`.
      outputError: () => undefined,
    })
    .showSuggestionAfterError(false)
    .helpCommand(false);
  for (const register of verbs) register(program, world);
  // Reached only where the first word is no verb.
  program.allowExcessArguments(true).action(() => {
    throw new CommanderError(2, 'commander.unknownCommand', `unknown command '${words[0] ?? ''}'`);
  });
  try {
    try {
      await program.parseAsync([...words], { from: 'user' });
    } finally {
      await Promise.all(pending);
    }
    return 0;
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (error instanceof Relaunched) return error.exitCode;
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const shown = error instanceof CommanderError ? usageOf(error, program, words) : error;
    return report(shown, world, debug);
  }
}

/** One line on stderr. What is not an IcicleError is a bug, and says so. */
function report(error: unknown, world: World, debug: boolean): number {
  const red = (text: string) => (world.colour ? `\u001b[31m${text}\u001b[39m` : text);
  if (error instanceof IcicleError) {
    world.say(`${red('error:')} ${inFlags(error.message.replace(/\s*\n\s*/g, ' '))}\n`);
    if (debug && error.cause instanceof Error) world.say(`${error.cause.stack ?? error.cause.message}\n`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  world.say(
    `${red('error:')} ${message.replace(/\s*\n\s*/g, ' ')}: this is a bug; ICICLE_DEBUG=1 shows where\n`,
  );
  if (debug && error instanceof Error) world.say(`${error.stack ?? ''}\n`);
  return 1;
}
