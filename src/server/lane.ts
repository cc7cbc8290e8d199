import { Problem } from './problems.js';

/** What a question came to. */
export type Outcome<A> = { readonly value: A } | { readonly error: Error };

export interface LaneOptions<Q, A> {
  /** Answers questions that go together, in their order. @param stop is aborted once nobody waits for any of the answers */
  run(questions: readonly Q[], stop: AbortSignal): Promise<readonly Outcome<A>[]>;
  /** Whether a question that waits may go with some that are about to run. */
  joins(questions: readonly Q[], next: Q): boolean;
  /** Questions that wait at most. */
  readonly waiting: number;
  /** From a question to its answer. */
  readonly milliseconds: number;
}

/** Questions on their way to something that answers one batch of them at a time, first come, first served. */
export interface Lane<Q, A> {
  /**
   * @param signal is aborted when nobody waits for the answer any longer
   * @throws Problem: too many waiting, timeout, client gone, stopping; and what `run` says
   */
  ask(question: Q, signal?: AbortSignal): Promise<A>;
  /** @throws Problem where no more questions may wait */
  admit(): void;
  /** How many questions wait. */
  waiting(): number;
  /** Takes no more questions; those that wait are answered. */
  stop(): void;
  /** Those that still wait are told that they wait in vain. */
  close(): void;
}

interface Entry<Q, A> {
  readonly question: Q;
  /** Whether nobody waits for the answer: it came, or took too long, or the client has gone. */
  settled: boolean;
  settle(outcome: Outcome<A>): void;
}

export function lane<Q, A>(options: LaneOptions<Q, A>): Lane<Q, A> {
  let queue: Entry<Q, A>[] = [];
  let running: { readonly entries: readonly Entry<Q, A>[]; readonly stop: AbortController } | undefined;
  let stopped = false;

  /** The first that waits, and those behind it that go with it. */
  const take = (): Entry<Q, A>[] => {
    const taken = [queue[0]!];
    const left: Entry<Q, A>[] = [];
    for (const entry of queue.slice(1)) {
      const questions = taken.map(({ question }) => question);
      (options.joins(questions, entry.question) ? taken : left).push(entry);
    }
    queue = left;
    return taken;
  };
  const pump = async (): Promise<void> => {
    if (running !== undefined || queue.length === 0) return;
    const entries = take();
    const stop = new AbortController();
    running = { entries, stop };
    const questions = entries.map(({ question }) => question);
    const outcomes = await options
      .run(questions, stop.signal)
      .catch((error: Error) => entries.map((): Outcome<A> => ({ error })));
    running = undefined;
    entries.forEach(({ settle }, i) => {
      settle(outcomes[i]!);
    });
    pump();
  };
  const admit = () => {
    if (stopped) throw stopping();
    if (queue.length >= options.waiting)
      throw new Problem(
        'too-many-waiting',
        `${queue.length} requests wait for the model, and no more may: ask again in a moment`,
      );
  };
  const ask = (question: Q, signal?: AbortSignal): Promise<A> =>
    new Promise((resolve, reject) => {
      admit();
      const gone = () => entry.settle({ error: new Problem('client-gone', 'the client has gone') });
      const timer = setTimeout(() => {
        const detail = `the answer took longer than ${options.milliseconds / 1000} seconds: ask for fewer rows at a time`;
        entry.settle({ error: new Problem('timeout', detail) });
      }, options.milliseconds);
      const entry: Entry<Q, A> = {
        question,
        settled: false,
        settle: (outcome) => {
          if (entry.settled) return;
          entry.settled = true;
          clearTimeout(timer);
          signal?.removeEventListener('abort', gone);
          queue = queue.filter((other) => other !== entry);
          if ('value' in outcome) resolve(outcome.value);
          else reject(outcome.error);
          if (running?.entries.every(({ settled }) => settled)) running.stop.abort();
        },
      };
      if (signal?.aborted) return gone();
      signal?.addEventListener('abort', gone);
      queue.push(entry);
      pump();
    });
  return {
    ask,
    admit,
    waiting: () => queue.length,
    stop: () => {
      stopped = true;
    },
    close: () => {
      stopped = true;
      for (const { settle } of [...queue]) settle({ error: stopping() });
    },
  };
}

const stopping = () => new Problem('stopping', 'the server is being stopped: ask again when it is back');
