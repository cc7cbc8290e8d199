import type { Learner } from '../core/episodes.js';
import type { TabularLearner } from '../tabular/tabular.js';
import type { FamilySpec } from '../tasks/index.js';
import type { CompiledFrom } from './compiled-from.js';

/** A model whose parameters no longer change, ready to predict. */
export interface FrozenModel {
  readonly learner: Learner;
  readonly name: string;
  /** Number of parameters. */
  readonly parameters: number;
  /** SHA-256 of its config and weights, in hexadecimal. */
  readonly hash: string;
  /** The family of tasks that it was trained on, where it was trained. */
  readonly trainedOn?: FamilySpec;
  /** Where it was compiled. */
  readonly compiledFrom?: CompiledFrom;
  close(): Promise<void>;
}

/** A model of tables whose parameters no longer change. */
export interface FrozenTabular extends Omit<FrozenModel, 'learner' | 'trainedOn' | 'compiledFrom'> {
  readonly learner: TabularLearner;
}

/** Another process did the verb and has ended with this exit code. */
export class Relaunched extends Error {
  constructor(readonly exitCode: number) {
    super(`ended with ${exitCode}`);
  }
}

/** Nobody reads stdout any longer (`| head`): the verb ends, and that is no failure. */
export class ReaderGone extends Error {}

/**
 * Everything outside the program that a verb may touch: where text goes, the clock, Ctrl-C, models on disk. The real one
 * is made in main.ts; tests pass another.
 */
export interface World {
  /** Data: written to stdout as it is. Resolves when there is room for more. @throws ReaderGone, or IcicleError (disk full) */
  out(text: string): Promise<void>;
  /** Talk: written to stderr as it is. */
  say(text: string): void;
  /** Whether stderr is a terminal, on which a line may be drawn again. */
  readonly terminal: boolean;
  /** Characters in a line of the terminal. */
  readonly columns: number;
  /** Whether colour may be used on stderr. */
  readonly colour: boolean;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /**
   * Calls `handler` on the first Ctrl-C (or SIGTERM) and then ends the program with exit code 130 if it answers `exit`;
   * a second Ctrl-C ends it at once. Returns a function that gives the interrupt back.
   */
  onInterrupt(handler: () => Promise<'exit' | 'continue'>): () => void;
  /**
   * Whether memory that was freed stays with the process, for work that needs much of it again and again. Where it could and
   * does not, the command line is run again in a process in which it does.
   * @throws Relaunched when that has ended
   */
  keepMemory(): Promise<boolean>;
  /**
   * @param path a folder, or the name of a model that ships with the package
   * @throws IcicleError where there is no such model or its files are not whole
   */
  openModel(path: string): Promise<FrozenModel>;
  /**
   * A model that learns tables; none where the folder holds one of in-context regression.
   * @throws IcicleError as `openModel` does
   */
  openTabular(path: string): Promise<FrozenTabular | undefined>;
}
