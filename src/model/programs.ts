import type { Program } from '../engine/engine.js';

interface Entry {
  readonly program: Promise<Program>;
  users: number;
}

export interface Programs<Key> {
  /** Runs something on the program for a key, which is compiled where it is not kept. */
  use<T>(key: Key, run: (program: Program) => Promise<T>): Promise<T>;
  /** Releases all that is kept. */
  release(): Promise<void>;
}

/** Keeps the `most` programs that were used last; one in use is never released, one that did not compile never kept. */
export function keepPrograms<Key>(most: number, compile: (key: Key) => Promise<Program>): Programs<Key> {
  const kept = new Map<Key, Entry>(); // the last used stands last

  const releaseOldest = async (): Promise<void> => {
    const idle = [...kept].filter(([, { users }]) => users === 0);
    for (const [key, { program }] of idle.slice(0, Math.max(0, kept.size - most))) {
      kept.delete(key);
      await (await program).release();
    }
  };
  return {
    use: async (key, run) => {
      const entry = kept.get(key) ?? { program: compile(key), users: 0 };
      kept.delete(key);
      kept.set(key, entry);
      entry.users++;
      try {
        const program = await entry.program.catch((cause) => {
          if (kept.get(key) === entry) kept.delete(key);
          throw cause;
        });
        return await run(program);
      } finally {
        entry.users--;
        await releaseOldest();
      }
    },
    release: async () => {
      const entries = [...kept.values()];
      kept.clear();
      await Promise.all(entries.map(async ({ program }) => (await program).release()));
    },
  };
}
