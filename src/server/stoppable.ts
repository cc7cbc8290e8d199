import type { Engine } from '../engine/engine.js';

/** The work was told to stop. */
export class Stopped extends Error {}

/** The engine failed: nothing is wrong with what was asked, and its words are not for clients. */
export class EngineFailed extends Error {}

/** An engine whose programs look before each run whether they are to stop: work then ends between two passes of a network. */
export function stoppable(engine: Engine, stop: () => boolean): Engine {
  return {
    ...engine,
    compile: async (graph) => {
      const program = await failing(engine.compile(graph));
      return {
        run: async (feeds) => {
          if (stop()) throw new Stopped('the work was told to stop');
          return failing(program.run(feeds));
        },
        release: () => program.release(),
      };
    },
  };
}

const failing = <T>(work: Promise<T>): Promise<T> =>
  work.catch((cause) => {
    throw new EngineFailed(cause instanceof Error ? cause.message : String(cause), { cause });
  });
