import type { Engine } from '../engine/engine.js';

/** The work was told to stop. */
export class Stopped extends Error {}

/** The engine failed: nothing is wrong with what was asked, and its words are not for clients. */
export class EngineFailed extends Error {}

export interface Watch {
  /** Whether the work is to end. */
  stop(): boolean;
  /** Whether the thread is, and nothing native may begin. */
  ending(): boolean;
  /** Told when a call of native code begins (1) and when it has come back (−1). */
  native(change: 1 | -1): void;
}

/** An engine whose programs look before each run whether they are to stop: work then ends between two passes of a network. */
export function stoppable(engine: Engine, { stop, ending, native }: Watch): Engine {
  // Said before it is looked whether to stop: whoever ends threads does it the other way round, so that one of both sees the other.
  const call = async <T>(stopped: () => boolean, work: () => T | Promise<T>): Promise<T> => {
    native(1);
    try {
      if (stopped()) throw new Stopped('the work was told to stop');
      return await work();
    } catch (cause) {
      if (cause instanceof Stopped) throw cause;
      throw new EngineFailed(cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      native(-1);
    }
  };
  return {
    ...engine,
    compile: async (graph) => {
      // Programs are kept: one that was not made for a question's sake would be missed by the next.
      const program = await call(ending, () => engine.compile(graph));
      return {
        run: (feeds) => call(stop, () => program.run(feeds)),
        release: () => call(ending, () => program.release()),
      };
    },
  };
}
