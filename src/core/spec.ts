import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { z } from 'zod';
import { didYouMean, usageError } from './errors.js';

/** JSON with sorted keys, so that two specs that mean the same have the same text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** SHA-256 of bytes, in hexadecimal. */
export function hashBytes(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** The first 12 hexadecimal digits of a spec's SHA-256: the name of what the spec describes. */
export function specHash(spec: unknown): string {
  return hashBytes(utf8ToBytes(canonicalJson(spec))).slice(0, 12);
}

/**
 * Checks a spec against its schema.
 * @throws IcicleError (exit code 2) that names every wrong key and suggests the nearest right one.
 */
export function parseSpec<T extends z.ZodType>(what: string, schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const reasons = result.error.issues.map((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, path);
      return issue.keys
        .map((key) => {
          const near = didYouMean(key, known);
          const suggestion = near === undefined ? '' : ` did you mean "${near}"?`;
          return `unknown key "${[...path, key].join('.')}":${suggestion} Keys: ${known.join(', ')}`;
        })
        .join('; ');
    }
    return `${path.join('.') || 'spec'}: ${issue.message}`;
  });
  throw usageError(`invalid ${what}: ${reasons.join('; ')}`);
}

/** The keys that a schema allows at a path. */
function keysAt(schema: unknown, path: readonly string[]): string[] {
  const node = unwrap(schema) as { shape?: Record<string, unknown> };
  if (node.shape === undefined) return [];
  const [first, ...rest] = path;
  return first === undefined ? Object.keys(node.shape) : keysAt(node.shape[first], rest);
}

function unwrap(schema: unknown): unknown {
  let node = schema as { shape?: unknown; def?: { innerType?: unknown } } | undefined;
  while (node !== undefined && node.shape === undefined && node.def?.innerType !== undefined)
    node = node.def.innerType as typeof node;
  return node ?? {};
}
