import type { Learner } from '../core/episodes.js';
import { bayes } from '../learners/index.js';
import { run } from './run.js';
import type { FrozenModel, World } from './world.js';

/** What a run of the command line left behind. */
export interface Captured {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The best possible learner of what a small shipped model learns: the tests need no weights. */
export function standIn(): FrozenModel {
  const prior = [0, 0.1, 0.25, 0.5, 1].map((sigma) => ({ sigma, weight: 1 }));
  const learner: Learner = {
    ...bayes({ sigma: prior }),
    name: 'stand-in',
    limits: { inputs: 8, points: 41 },
  };
  return {
    learner,
    name: 'stand-in',
    parameters: 1234567,
    hash: 'ab'.repeat(32),
    close: async () => undefined,
  };
}

/** Runs the command line in this process, with a clock that stands still and a stand-in for the model. */
export async function captured(argv: readonly string[], changes: Partial<World> = {}): Promise<Captured> {
  let out = '';
  let err = '';
  const world: World = {
    keepMemory: async () => false,
    out: async (text) => {
      out += text;
    },
    say: (text) => {
      err += text;
    },
    terminal: false,
    columns: 80,
    colour: false,
    now: () => 0,
    onInterrupt: () => () => undefined,
    openModel: async () => standIn(),
    openTabular: async () => undefined,
    ...changes,
  };
  const code = await run(argv, world);
  return { code, out, err };
}
