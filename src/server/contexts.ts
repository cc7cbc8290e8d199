/** Why a context is no longer there. */
export type Gone = 'evicted' | 'forgotten' | 'idle' | 'lost';

export interface Kept<T> {
  readonly id: string;
  readonly value: T;
  readonly bytes: number;
  /** When it was made, or last asked. */
  readonly used: number;
}

export interface ContextBook<T> {
  /** @returns the ids that had to go for it */
  add(id: string, value: T, bytes: number): string[];
  /** Without counting as use. */
  get(id: string): Kept<T> | undefined;
  /** That it was asked. */
  use(id: string): Kept<T> | undefined;
  /** @returns whether it was there */
  remove(id: string, why: Gone): boolean;
  /** Forgets all. */
  clear(why: Gone): void;
  /** Forgets those that were last asked before some time. @returns their ids */
  expire(before: number): string[];
  /** Why an id is no longer there, where that is still known. */
  gone(id: string): Gone | undefined;
  count(): number;
  bytes(): number;
}

/** Ids whose end is remembered. */
const REMEMBERED = 1000;

/**
 * Keeps the books of contexts, which lie elsewhere: which are there, how large, and which was asked least recently.
 * @param limits.count contexts at most @param limits.bytes of all of them
 */
export function contextBook<T>(
  limits: { readonly count: number; readonly bytes: number },
  now: () => number,
): ContextBook<T> {
  // Maps keep the order in which keys were set: the first was used least recently.
  const kept = new Map<string, Kept<T>>();
  const ends = new Map<string, Gone>();
  let bytes = 0;
  const remove = (id: string, why: Gone): boolean => {
    const entry = kept.get(id);
    if (entry === undefined) return false;
    kept.delete(id);
    bytes -= entry.bytes;
    ends.set(id, why);
    for (const oldest of ends.keys()) {
      if (ends.size <= REMEMBERED) break;
      ends.delete(oldest);
    }
    return true;
  };
  const removeWhile = (why: Gone, condition: (oldest: Kept<T>) => boolean): string[] => {
    const removed: string[] = [];
    for (const entry of kept.values()) {
      if (!condition(entry)) break;
      remove(entry.id, why);
      removed.push(entry.id);
    }
    return removed;
  };
  return {
    add: (id, value, own) => {
      kept.set(id, { id, value, bytes: own, used: now() });
      bytes += own;
      // The newest stays, though it be larger than all may be: it was asked for.
      return removeWhile(
        'evicted',
        (oldest) => oldest.id !== id && (kept.size > limits.count || bytes > limits.bytes),
      );
    },
    get: (id) => kept.get(id),
    use: (id) => {
      const entry = kept.get(id);
      if (entry === undefined) return undefined;
      const used = { ...entry, used: now() };
      kept.delete(id);
      kept.set(id, used);
      return used;
    },
    remove,
    clear: (why) => {
      removeWhile(why, () => true);
    },
    expire: (before) => removeWhile('idle', ({ used }) => used < before),
    gone: (id) => ends.get(id),
    count: () => kept.size,
    bytes: () => bytes,
  };
}
