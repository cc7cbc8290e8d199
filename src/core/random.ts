import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of random numbers. Every draw advances it; the same seed and path give the same draws on every machine. */
export interface Random {
  /** Uniform on [0, 1), 32 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Uniform integer on [0, below). */
  integer(below: number): number;
}

/**
 * The stream that belongs to a seed and a path, such as `random(7, 'episodes', 12)`. Streams with different paths are
 * independent, so that work can be split, reordered or resumed without changing any draw.
 */
export function random(seed: number, ...path: (string | number)[]): Random {
  const digest = sha256(utf8ToBytes(JSON.stringify([seed, ...path])));
  const words = new Int32Array(digest.buffer.slice(digest.byteOffset, digest.byteOffset + 16));
  const generator = xoroshiro128plusFromState(Array.from(words));
  const uniform = () => (generator.next() >>> 0) / 0x100000000;
  let spare: number | undefined;
  // Marsaglia's polar method: two normals for each accepted pair.
  const normal = () => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * scale;
      return u * scale;
    }
  };
  return { uniform, normal, integer: (below) => Math.floor(uniform() * below) };
}

/** Indices 0…n−1 in random order (Fisher–Yates). */
export function permutation(n: number, stream: Random): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = stream.integer(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
