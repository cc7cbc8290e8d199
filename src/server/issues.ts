import { didYouMean } from '../core/errors.js';
import { Problem, type ProblemPart } from './problems.js';
import { isSizeIssue } from './schemas.js';

/** The part of zod's issues that is used. */
export interface Issue {
  readonly code?: string | undefined;
  readonly message: string;
  readonly path: readonly PropertyKey[];
  readonly keys?: readonly string[];
  readonly params?: unknown;
}

/** Issues that are told of one request, and characters of each. */
const SHOWN = 10;
const CHARACTERS = 300;

/** What a schema has against a body, as a problem. @param keys of the body that are allowed */
export function problemOfIssues(issues: readonly Issue[], keys: readonly string[]): Problem {
  const parts = issues.slice(0, SHOWN).map((issue) => partOf(issue, keys));
  const [first] = parts;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const detail = `${first!.pointer}: ${first!.detail}${more}`;
  return new Problem(issues.every(isSizeIssue) ? 'too-large' : 'invalid-request', detail, parts);
}

function partOf({ code, message, path, keys: unknown = [] }: Issue, keys: readonly string[]): ProblemPart {
  if (code !== 'unrecognized_keys') return { detail: cut(lower(message)), pointer: pointerOf(path) };
  const [key = ''] = unknown;
  const near = key.length > CHARACTERS ? undefined : didYouMean(key, keys);
  const more = unknown.length > 1 ? ` and ${unknown.length - 1} more` : '';
  const hint = near === undefined ? '' : ` did you mean "${near}"?`;
  return {
    detail: `unknown key "${cut(key)}"${more}:${hint} Keys: ${keys.join(', ')}`,
    pointer: pointerOf([...path, key]),
  };
}

/** A JSON pointer (RFC 6901) as a URI fragment. */
function pointerOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => `/${cut(String(step)).replaceAll('~', '~0').replaceAll('/', '~1')}`);
  return `#${steps.map((step) => encodeURI(step.replace(LONE_SURROGATE, '\ufffd'))).join('')}`;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

const cut = (text: string): string => (text.length > CHARACTERS ? `${text.slice(0, CHARACTERS)}…` : text);

const lower = (message: string): string =>
  message
    .replace(/^Invalid (?:input|option): /, '')
    .replace(', received undefined', ', and there is nothing');
