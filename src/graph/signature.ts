import { hashBytes } from '../core/spec.js';
import type { Node, Tensor } from './tensor.js';

/** Two nodes with the same signature compute the same. `name` tells the inputs apart. */
export function signature({ op, inputs, attributes }: Node, name: (x: Tensor) => string): string {
  return `${op.name}(${inputs.map(name).join(' ')})${exactText(attributes)}`;
}

/**
 * A text that differs wherever two values differ. JSON alone would write ±Infinity and NaN as null and −0 as 0; arrays of
 * real numbers stand as the SHA-256 of their bytes, since weights are long.
 */
export function exactText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Float64Array)
      return hashBytes(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    if (Object.is(part, -0)) return '-0';
    return typeof part === 'number' && !Number.isFinite(part) ? String(part) : part;
  });
}
