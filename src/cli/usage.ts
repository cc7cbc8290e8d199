import type { CommanderError, CommandUnknownOpts } from '@commander-js/extra-typings';
import { type IcicleError, invalid, missing, unknown, usageError } from '../core/errors.js';

/** A parser for a flag's number. @throws IcicleError (exit code 2) */
export function numberFlag(
  flag: string,
  range: {
    readonly least?: number;
    readonly most?: number;
    readonly whole?: boolean;
    readonly example: string;
  },
): (text: string) => number {
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole = false, example } = range;
  return (text) => {
    const value = Number(text);
    const right =
      text.trim() !== '' &&
      Number.isFinite(value) &&
      value >= least &&
      value <= most &&
      (!whole || Number.isInteger(value));
    if (!right) throw invalid(flag, text, `${words(least, most, whole)}, such as ${example}`);
    return value;
  };
}

function words(least: number, most: number, whole: boolean): string {
  const kind = whole ? 'a whole number' : 'a number';
  if (Number.isFinite(least) && Number.isFinite(most)) return `${kind} from ${least} to ${most}`;
  if (Number.isFinite(least)) return `${kind} from ${least}`;
  return kind;
}

/** `--seed`: any whole number. */
export const seedFlag = numberFlag('--seed', { least: 0, most: 2 ** 53 - 1, whole: true, example: '1' });

/** For flags that are given several times; commas belong to the text. */
export function repeatFlag(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** For flags that are given several times, or once with commas. */
export function listFlag(text: string, before: readonly string[] = []): string[] {
  return [
    ...before,
    ...text
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ];
}

/**
 * What a complaint of the argument parser means, in this program's words.
 * @param argv the words behind the program's name, which tell the verb that it came from
 */
export function usageOf(
  error: CommanderError,
  program: CommandUnknownOpts,
  argv: readonly string[],
): IcicleError {
  const path = verbPath(program, argv);
  const verb = path.at(-1);
  const help = `see "${['icicle', ...path.map((command) => command.name()), '--help'].join(' ')}"`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  switch (error.code) {
    case 'commander.unknownCommand': {
      const commands = verb === undefined ? program.commands : verb.commands;
      return unknown(
        verb === undefined ? 'verb' : `${verb.name()} verb`,
        quoted,
        commands.map((command) => command.name()),
      );
    }
    case 'commander.help':
      return missing(
        `${verb?.name() ?? ''} verb`.trim(),
        (verb ?? program).commands.map((command) => command.name()).join(' or '),
      );
    case 'commander.unknownOption':
      return unknown('flag', quoted, flagsOf(verb ?? program));
    case 'commander.missingArgument':
      return missing(quoted, help);
    case 'commander.missingMandatoryOptionValue':
      return missing(quoted.split(/[ ,]+/).find((word) => word.startsWith('--')) ?? quoted, help);
    case 'commander.optionMissingArgument':
      return missing(
        `value of ${quoted.split(/[ ,]+/).find((word) => word.startsWith('--')) ?? quoted}`,
        help,
      );
    case 'commander.excessArguments':
      return usageError(`too many arguments: ${help}`);
    default:
      return usageError(`${error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')}: ${help}`);
  }
}

/** The verbs that the first words name, from the outermost on: `bench`, `step`. */
function verbPath(program: CommandUnknownOpts, argv: readonly string[]): CommandUnknownOpts[] {
  const path: CommandUnknownOpts[] = [];
  for (const word of argv) {
    const next = (path.at(-1) ?? program).commands.find((command) => command.name() === word);
    if (next === undefined) break;
    path.push(next);
  }
  return path;
}

function flagsOf(command: CommandUnknownOpts): string[] {
  return [...command.options.map((option) => option.long ?? option.short ?? ''), '--help'].filter(Boolean);
}
