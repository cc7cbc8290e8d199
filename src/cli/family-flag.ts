import { usageError } from '../core/errors.js';
import type { FamilySpec } from '../tasks/index.js';
import { put } from './train-spec.js';

/** The flags that together say which family is meant. */
export interface FamilyFlags {
  /** A name, or a whole spec as JSON. */
  readonly family: string;
  /** `key=value`, at any depth. */
  readonly set?: readonly string[];
  readonly dims?: number;
  readonly noise?: number;
  readonly scale?: number;
}

/** The family's spec from flags. @throws IcicleError (exit code 2) where it is no spec */
export function familyFrom({ family, set = [], dims, noise, scale }: FamilyFlags): FamilySpec {
  const spec: Record<string, unknown> = {
    ...(family.trim().startsWith('{') ? parse(family) : { family }),
    ...(dims === undefined ? {} : { inputs: dims }),
    ...(noise === undefined ? {} : { noise }),
    ...(scale === undefined ? {} : { scale }),
  };
  for (const setting of set) put(spec, setting);
  return spec as FamilySpec;
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw usageError(
      `invalid --family: ${(cause as Error).message}: write a name, or JSON such as '{"family": "linear", "inputs": 8}'`,
    );
  }
}
