import type { ContextOptions } from '../tabular/context-options.js';
import type { Rows } from '../tabular/memory.js';
import type { Prediction } from '../tabular/prediction.js';
import type { Quality } from '../tabular/trust/quality.js';

// What the main thread and the learner's thread say to each other. One question that has an answer is under way at a time;
// `forget` has none, and is heard in between.

/** What the learner's thread is given when it starts. */
export interface LearnerData {
  /** The model's folder. */
  readonly model: string;
  /** Threads within an operation; all cores where none are given. */
  readonly threads?: number;
  /** Memory that one context may take. */
  readonly contextBytes: number;
  /** Int32 in shared memory, at the places below. */
  readonly shared: SharedArrayBuffer;
}

/**
 * Places in the shared memory: the number of a question that is to end between two passes of the network, or `ALL`; and how many
 * calls of native code the thread is in. To end a thread within one of these would end the whole process.
 */
export const [STOP, NATIVE] = [0, 1] as const;
export const ALL = -1;
export const SHARED_BYTES = 2 * Int32Array.BYTES_PER_ELEMENT;

export type Question =
  | { readonly type: 'learn'; readonly id: string; readonly rows: Rows; readonly options: ContextOptions }
  /** Each part is a request's. */
  | { readonly type: 'predict'; readonly id: string; readonly parts: readonly Rows[] };

/** What is posted to the thread. */
export type Posted =
  | { readonly type: 'ask'; readonly number: number; readonly question: Question }
  | { readonly type: 'forget'; readonly ids: readonly string[] };

/** What the thread posts. */
export type Answer =
  | { readonly type: 'ready'; readonly model: ModelName }
  /** The model cannot be opened; the thread ends. */
  | { readonly type: 'unready'; readonly failure: Failure; readonly exitCode?: 1 | 2 }
  | { readonly type: 'learned'; readonly number: number; readonly context: LearnedContext }
  | { readonly type: 'predicted'; readonly number: number; readonly parts: readonly Part[] }
  | { readonly type: 'failed'; readonly number: number; readonly failure: Failure };

export interface ModelName {
  readonly name: string;
  /** SHA-256 of config and weights. */
  readonly hash: string;
}

/** What a part came to. */
export type Part = { readonly predictions: readonly Prediction[] } | { readonly failure: Failure };

/** What went wrong: with the table, its size, an id that the thread does not have, or that it was told to stop; else a bug. */
export interface Failure {
  readonly kind: 'table' | 'size' | 'unknown' | 'stopped' | 'bug';
  readonly message: string;
  readonly stack?: string | undefined;
}

/** What is told of a context. */
export interface LearnedContext {
  /** The column that is predicted. */
  readonly target: string;
  readonly kind: 'classes' | 'number';
  readonly classes?: readonly string[];
  /** Labelled rows that were learned from. */
  readonly labelled: number;
  /** Columns that were learned from. */
  readonly columns: readonly { readonly name: string; readonly kind: 'number' | 'date' | 'category' }[];
  readonly quality: Quality | null;
  /** Share of the network in the predictions. */
  readonly share: number;
  readonly fallback?: string;
  readonly warnings: readonly string[];
  /** Memory that the context takes, about. */
  readonly bytes: number;
}
