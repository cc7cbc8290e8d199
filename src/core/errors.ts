import { distance } from 'fastest-levenshtein';

/**
 * An error that a user can act on. `wrong usage` (exit code 2) means that what was asked cannot be asked; `failed`
 * (exit code 1) means that it could be asked but not done. Messages are one line: what was wrong, what is allowed,
 * what to try. Everything else that is thrown is a bug.
 */
export class IcicleError extends Error {
  override readonly name = 'IcicleError';
  readonly exitCode: 1 | 2;
  constructor(message: string, options: { exitCode?: 1 | 2; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? 1;
  }
}

/** Something that was asked for in a way that cannot be right: exit code 2. */
export function usageError(message: string): IcicleError {
  return new IcicleError(message, { exitCode: 2 });
}

/** `missing X: …` */
export function missing(what: string, hint: string): IcicleError {
  return usageError(`missing ${what}: ${hint}`);
}

/** `invalid X: v: what is allowed` */
export function invalid(what: string, value: unknown, allowed: string): IcicleError {
  return usageError(`invalid ${what}: ${show(value)}: ${allowed}`);
}

/** `unsupported X: v: why, and what to use instead` */
export function unsupported(what: string, value: unknown, instead: string): IcicleError {
  return usageError(`unsupported ${what}: ${show(value)}: ${instead}`);
}

/** Characters of a name that a message holds at most, and names that it lists at most. */
const LONGEST = 100;
const LISTED = 40;

/** `unknown X "v": did you mean "w"? Xs: …` — the suggestion only where one is near. */
export function unknown(
  what: string,
  value: string,
  allowed: readonly string[],
  plural = `${what}s`,
): IcicleError {
  const near = didYouMean(value, allowed);
  const suggestion = near === undefined ? '' : ` did you mean ${named(near)}?`;
  const list = allowed.length === 0 ? '' : ` ${capitalise(plural)}: ${listed(allowed)}`;
  return usageError(`unknown ${what} ${named(value)}:${suggestion}${list}`);
}

/** The allowed word nearest to `value`, if it is near enough to be what was meant. */
export function didYouMean(value: string, allowed: readonly string[]): string | undefined {
  const lower = value.toLowerCase();
  const ranked = allowed
    .map((word) => ({ word, apart: distance(lower, word.toLowerCase()) }))
    .sort((x, y) => x.apart - y.apart);
  const near = ranked[0];
  // Near enough: at most a third of the word, and never all of what was typed.
  if (near === undefined || near.apart >= value.length || near.apart > Math.max(2, near.word.length / 3))
    return undefined;
  return near.word;
}

/** A name in a message: in quotes and on one line, whatever it holds; of a long one its beginning. */
export const named = (name: string): string => `"${escaped(name)}"`;

/** Names in a message, with commas between them. */
export function listed(names: readonly string[]): string {
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  return names.slice(0, LISTED).map(escaped).join(', ') + more;
}

function escaped(name: string): string {
  const text = name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[character];
    return short ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function show(value: unknown): string {
  return typeof value === 'string' ? named(value) : String(value);
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
