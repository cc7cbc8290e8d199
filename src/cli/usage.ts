import type { CommanderError, CommandUnknownOpts } from '@commander-js/extra-typings';
import { type IcicleError, invalid, missing, unknown, usageError } from '../core/errors.js';

/** A message of the library as the command line says it: `the option types` is `--types`, but not within a name. */
export const inFlags = (message: string): string =>
  message.replace(/"[^"]*"|\b(?:the )?option (\w+)/g, (whole, option) =>
    option === undefined ? whole : `--${option}`,
  );

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

/** A parser for a flag's list of numbers, with commas. @throws IcicleError (exit code 2) */
export function numbersFlag(
  flag: string,
  range: Parameters<typeof numberFlag>[1],
): (text: string) => number[] {
  const [first = ''] = range.example.split(',');
  const one = numberFlag(flag, { ...range, example: first });
  return (text) => {
    if (text.trim() === '') throw invalid(flag, text, `numbers with commas, such as ${range.example}`);
    return text.split(',').map(one);
  };
}

/** `--pool`: `2..2^10` (every power of two between), `2,64,1024` or both mixed. @throws IcicleError (exit code 2) */
export function poolFlag(text: string): number[] {
  const wrong = () => invalid('--pool', text, 'sizes such as 2..2^10, or 2,64,1024');
  const size = (word: string) => {
    const [, base, power] = /^(\d+)(?:\^(\d+))?$/.exec(word.trim()) ?? [];
    const value = base === undefined ? Number.NaN : Number(base) ** Number(power ?? 1);
    if (!(value >= 1 && value <= 2 ** 20)) throw wrong();
    return value;
  };
  return text.split(',').flatMap((part) => {
    const [from, to, ...more] = part.split('..');
    if (to === undefined) return [size(from!)];
    const [low, high] = [Math.log2(size(from!)), Math.log2(size(to))];
    if (more.length > 0 || !Number.isInteger(low) || !Number.isInteger(high) || low > high) throw wrong();
    return Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
  });
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
