import type { ContextOptions } from '../tabular/context-options.js';
import type { Rows } from '../tabular/memory.js';
import type { Prediction } from '../tabular/prediction.js';
import { contextBook, type Gone } from './contexts.js';
import { lane, type Outcome } from './lane.js';
import { keepLearner } from './learner.js';
import { JOINED_ROWS, type Limits } from './limits.js';
import { Problem } from './problems.js';
import type { Failure, LearnedContext, ModelName, Question } from './protocol.js';
import { countRows } from './rows.js';
import { type LearnerThread, ThreadEnded, ThreadFailure } from './thread.js';

/** A context as clients see it. */
export interface ContextView extends LearnedContext {
  readonly id: string;
  /** When it is forgotten if it is not asked before; ISO 8601. */
  readonly expires?: string;
}

export interface Health {
  /** `starting` while a thread that was lost is replaced. */
  readonly status: 'ok' | 'starting';
  readonly model: ModelName;
  readonly contexts: number;
  readonly bytes: number;
  readonly waiting: number;
}

/** What the server does, without HTTP. Whatever can be wrong is a `Problem`. */
export interface TableService {
  learn(rows: Rows, options: ContextOptions, signal?: AbortSignal): Promise<ContextView>;
  predict(id: string, rows: Rows, signal?: AbortSignal): Promise<readonly Prediction[]>;
  describe(id: string): ContextView;
  forget(id: string): void;
  /** @throws Problem where no more requests may wait */
  admit(): void;
  health(): Health;
  /** New requests are refused; those that wait or are under way go on until `close`. */
  stop(): void;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly limits: Limits;
  startThread(): Promise<LearnerThread>;
  /** Names for contexts that nobody can guess. */
  newId(): string;
  /** Milliseconds since 1970. */
  now(): number;
  log(text: string): void;
  /** Milliseconds that a thread past its time has to end by itself; default 10000. */
  readonly grace?: number;
}

type Asked =
  | Extract<Question, { type: 'learn' }>
  | { readonly type: 'predict'; readonly id: string; readonly rows: Rows };
type Answered = LearnedContext | readonly Prediction[];

/** @throws IcicleError where the model cannot be opened */
export async function tableService({
  limits,
  startThread,
  newId,
  now,
  log,
  grace = 10_000,
}: ServiceOptions): Promise<TableService> {
  const milliseconds = limits.seconds * 1000;
  const contexts = contextBook<LearnedContext>({ count: limits.contexts, bytes: limits.contextBytes }, now);
  const learner = await keepLearner({
    start: startThread,
    milliseconds,
    grace,
    onLost: () => contexts.clear('lost'),
    log,
  });

  const unknownContext = (id: string) =>
    new Problem('unknown-context', goneDetail(contexts.gone(id), limits));
  const problemOf = (error: unknown, id: string): Error => {
    if (error instanceof ThreadEnded)
      return new Problem(
        'learner-gone',
        'the thread that computes was lost, and with it all contexts: learn the table again',
      );
    if (!(error instanceof ThreadFailure)) return error as Error;
    const { kind, message, stack } = error.failure;
    if (kind === 'table') return new Problem('invalid-table', message);
    if (kind === 'size') return new Problem('too-large', message);
    if (kind === 'unknown') return unknownContext(id);
    if (kind === 'stopped') return new Problem('timeout', 'the work was ended, since it took too long');
    log(`a bug: ${stack ?? message}`);
    return new Problem('bug', 'this is a bug of the server, whose log tells more');
  };
  const outcomeOf = (part: { predictions: readonly Prediction[] } | { failure: Failure }, id: string) =>
    'failure' in part
      ? { error: problemOf(new ThreadFailure(part.failure), id) }
      : { value: part.predictions };

  const run = async (asked: readonly Asked[], stop: AbortSignal): Promise<readonly Outcome<Answered>[]> => {
    const [first] = asked;
    const { id } = first!;
    try {
      if (first!.type === 'learn') {
        const value = await learner.ask<'learn'>(first as Extract<Asked, { type: 'learn' }>, stop);
        // Nobody waits for it any longer, so that nobody would know its id.
        if (stop.aborted) learner.forget([id]);
        else learner.forget(contexts.add(id, value, value.bytes));
        return [{ value }];
      }
      const parts = asked.map((one) => one.rows);
      return (await learner.ask<'predict'>({ type: 'predict', id, parts }, stop)).map((part) =>
        outcomeOf(part, id),
      );
    } catch (error) {
      const problem = problemOf(error, id);
      return asked.map(() => ({ error: problem }));
    }
  };
  const queue = lane<Asked, Answered>({
    run,
    waiting: limits.waiting,
    milliseconds,
    joins: (asked, next) =>
      next.type === 'predict' &&
      asked.every(({ type, id }) => type === 'predict' && id === next.id) &&
      [...asked, next].reduce((sum, { rows }) => sum + countRows(rows), 0) <= JOINED_ROWS,
  });

  const { idleSeconds } = limits;
  const idle = idleSeconds === undefined ? undefined : 1000 * idleSeconds;
  const expire = () => {
    if (idle !== undefined) learner.forget(contexts.expire(now() - idle));
  };
  const timer = idle === undefined ? undefined : setInterval(expire, Math.min(idle, 10_000));
  timer?.unref();
  const viewOf = (id: string, used: number, value: LearnedContext): ContextView => ({
    id,
    ...value,
    ...(idle === undefined ? {} : { expires: new Date(used + idle).toISOString() }),
  });
  return {
    learn: async (rows, options, signal) => {
      expire();
      const id = newId();
      const value = (await queue.ask({ type: 'learn', id, rows, options }, signal)) as LearnedContext;
      return viewOf(id, now(), value);
    },
    predict: async (id, rows, signal) => {
      expire();
      if (contexts.use(id) === undefined) throw unknownContext(id);
      return (await queue.ask({ type: 'predict', id, rows }, signal)) as readonly Prediction[];
    },
    describe: (id) => {
      expire();
      const entry = contexts.get(id);
      if (entry === undefined) throw unknownContext(id);
      return viewOf(id, entry.used, entry.value);
    },
    forget: (id) => {
      if (!contexts.remove(id, 'forgotten')) throw unknownContext(id);
      learner.forget([id]);
    },
    admit: queue.admit,
    health: () => ({
      status: learner.ready() ? 'ok' : 'starting',
      model: learner.model(),
      contexts: contexts.count(),
      bytes: contexts.bytes(),
      waiting: queue.waiting(),
    }),
    stop: queue.stop,
    close: async () => {
      clearInterval(timer);
      queue.close();
      await learner.close();
    },
  };
}

function goneDetail(why: Gone | undefined, { contexts, contextBytes, idleSeconds }: Limits): string {
  const again = 'learn the table again';
  switch (why) {
    case 'evicted':
      return `the context was forgotten for newer ones, since at most ${contexts} and ${contextBytes} bytes are kept: ${again}`;
    case 'idle':
      return `the context was forgotten, since it was not asked for ${idleSeconds} seconds: ${again}`;
    case 'lost':
      return `the context was lost when the thread that computes had to be started again: ${again}`;
    case 'forgotten':
      return `the context was deleted: ${again}`;
    default:
      return 'no context has this id: the answer to POST /v1/contexts has the id of a new one';
  }
}
