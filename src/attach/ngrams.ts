import { invalid } from '../core/errors.js';
import type { Encode } from './encoder.js';

export interface NgramOptions {
  /** Numbers in a vector; 2048. */
  readonly dimensions?: number;
  /** Letters in the shortest and longest piece of a word; 3 and 5. */
  readonly letters?: readonly [number, number];
}

/**
 * An encoder of texts that needs no download and no training: each word and each run of letters of a word (its ends marked) is
 * hashed to a dimension and a sign (feature hashing: Weinberger et al. 2009, ICML), counts stand as 1 + log, and vectors have length 1.
 * It knows spelling and nothing of meaning. The same text has the same vector on every machine,
 * whether an accent is part of its letter or a character behind it.
 * @throws IcicleError where an option is not what it can be
 */
export function ngramEncoder({ dimensions = 2048, letters = [3, 5] }: NgramOptions = {}): Encode<string> {
  if (!Number.isInteger(dimensions) || dimensions < 1)
    throw invalid('dimensions', dimensions, 'they must be a whole number from 1');
  const [shortest, longest] = letters;
  if (!Number.isInteger(shortest) || !Number.isInteger(longest) || shortest < 1 || longest < shortest)
    throw invalid('letters', `${shortest}…${longest}`, 'whole numbers from 1, the shorter first');
  return (texts) =>
    texts.map((text) => {
      const counts = new Map<string, number>();
      const count = (piece: string) => counts.set(piece, (counts.get(piece) ?? 0) + 1);
      for (const [word] of text
        .toLowerCase()
        .normalize('NFC')
        .matchAll(/[\p{L}\p{N}]+/gu)) {
        count(`=${word}`);
        const marked = [`<`, ...word, `>`];
        for (let length = shortest; length <= longest; length++)
          for (let start = 0; start + length <= marked.length; start++)
            count(marked.slice(start, start + length).join(''));
      }
      const vector = new Float64Array(dimensions);
      for (const [piece, times] of counts) {
        const hash = hashOf(piece);
        vector[(hash >>> 1) % dimensions]! += (hash & 1 ? 1 : -1) * (1 + Math.log(times));
      }
      const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
      return length === 0 ? vector : vector.map((value) => value / length);
    });
}

/** FNV-1a over UTF-16 code units, its bits mixed once more so that the lowest are as good as the others (MurmurHash3's finaliser). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
