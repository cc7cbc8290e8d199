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
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    native(1);
    try {
      return await work();
    } catch (cause) {
      throw new EngineFailed(cause instanceof Error ? cause.message : String(cause), { cause });
    } finally {
      native(-1);
    }
  };
  const unless = (stopped: boolean) => {
    if (stopped) throw new Stopped('the work was told to stop');
  };
  return {
    ...engine,
    compile: async (graph) => {
      // Programs are kept: one that was not made for a question's sake would be missed by the next.
      unless(ending());
      const program = await call(() => engine.compile(graph));
      return {
        run: async (feeds) => {
          unless(stop());
          return call(() => program.run(feeds));
        },
        release: () => call(async () => program.release()),
      };
    },
  };
}
