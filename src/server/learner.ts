import type { ModelName, Question } from './protocol.js';
import { type AnswerTo, type LearnerThread, ThreadEnded } from './thread.js';

export interface KeptLearner {
  /** The model that was opened last. */
  model(): ModelName;
  /** @throws as the thread's `ask` does, ThreadEnded also where no thread could be started */
  ask<T extends Question['type']>(
    question: Extract<Question, { type: T }>,
    stop: AbortSignal,
  ): Promise<AnswerTo<T>>;
  forget(ids: readonly string[]): void;
  /** Whether a thread is there that has opened the model. */
  ready(): boolean;
  close(): Promise<void>;
}

export interface KeepOptions {
  start(): Promise<LearnerThread>;
  /** A question that takes longer is told to stop, … */
  readonly milliseconds: number;
  /** … and where it has not after so long, its thread is ended. */
  readonly grace: number;
  /** A thread ended that should not have: its contexts are gone. */
  onLost(): void;
  log(text: string): void;
}

/**
 * Keeps a learner's thread alive: where one ends, or does not come to an end, another takes its place.
 * @throws IcicleError where the model cannot be opened
 */
export async function keepLearner(options: KeepOptions): Promise<KeptLearner> {
  let thread: LearnerThread | undefined;
  let starting: Promise<LearnerThread> | undefined;
  let closed = false;
  /** Threads that were ended, until they have. */
  const ending = new Set<Promise<void>>();
  const terminate = (own: LearnerThread): Promise<void> => {
    const ended = own.terminate().finally(() => ending.delete(ended));
    ending.add(ended);
    return ended;
  };

  const watch = (own: LearnerThread): LearnerThread => {
    thread = own;
    starting = undefined;
    own.ended.then((reason) => {
      if (closed || thread !== own) return;
      thread = undefined;
      options.log(`the learner's thread was lost: ${reason}; its contexts are gone, another is started`);
      options.onLost();
      // Where this fails, the next question tries again.
      start().catch(() => undefined);
    });
    return own;
  };
  const start = (): Promise<LearnerThread> => {
    starting ??= options.start().then(watch, (error: Error) => {
      starting = undefined;
      options.log(`no learner's thread could be started: ${error.message}`);
      throw new ThreadEnded('no other could be started', { cause: error });
    });
    return starting;
  };
  let model = watch(await options.start()).model;
  return {
    model: () => {
      model = thread?.model ?? model;
      return model;
    },
    ready: () => thread !== undefined,
    forget: (ids) => thread?.forget(ids),
    ask: async (question, stop) => {
      const own = thread ?? (await start());
      let end: NodeJS.Timeout | undefined;
      const late = setTimeout(() => {
        own.stop();
        end = setTimeout(() => terminate(own), options.grace);
      }, options.milliseconds);
      const onStop = () => own.stop();
      stop.addEventListener('abort', onStop);
      try {
        const answer = own.ask(question);
        if (stop.aborted) own.stop();
        return await answer;
      } finally {
        clearTimeout(late);
        clearTimeout(end);
        stop.removeEventListener('abort', onStop);
      }
    },
    close: async () => {
      closed = true;
      await starting?.catch(() => undefined);
      if (thread !== undefined) terminate(thread);
      await Promise.all(ending);
    },
  };
}
