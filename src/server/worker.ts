import { parentPort, workerData } from 'node:worker_threads';
import { IcicleError, unsupported } from '../core/errors.js';
import { nodeEngine } from '../engine/node.js';
import type { AnyModel, Model } from '../model/model.js';
import type { TableConfig } from '../model/table/config.js';
import { openAnyModel } from '../runs/model-folder.js';
import { IN_CONTEXT } from '../tabular/in-context.js';
import { tableOf } from '../tabular/memory.js';
import { tabularLearner } from '../tabular/tabular.js';
import type { TabularTask } from '../tabular/tabular-task.js';
import { predictJoined } from './joined.js';
import {
  ALL,
  type Answer,
  type Failure,
  type LearnedContext,
  type LearnerData,
  NATIVE,
  type Part,
  type Posted,
  type Question,
  STOP,
} from './protocol.js';
import { countRows } from './rows.js';
import { Stopped, stoppable } from './stoppable.js';

// The learner's thread: it opens the model, holds the contexts, and computes, which ONNX Runtime in Node does without letting
// anything else in its thread run.

const port = parentPort!;
const say = (answer: Answer) => port.postMessage(answer);
const { model: folder, threads, contextBytes, shared } = workerData as LearnerData;
const flags = new Int32Array(shared);
const tasks = new Map<string, TabularTask>();
let asked = 0;

class TooLarge extends Error {}
class UnknownContext extends Error {}

async function open() {
  const model = await openAnyModel(folder);
  if (!isTableModel(model))
    throw unsupported(
      'model',
      folder,
      'it learns in-context regression; name a model of tables, such as models/tabular',
    );
  const told = () => Atomics.load(flags, STOP);
  const engine = stoppable(nodeEngine(threads === undefined ? {} : { threads }), {
    stop: () => told() === asked || told() === ALL,
    ending: () => told() === ALL,
    native: (change) => Atomics.add(flags, NATIVE, change),
  });
  return { config: model.config, learner: tabularLearner(model, engine) };
}

const opened = open();
try {
  const { name, hash } = (await opened).learner;
  say({ type: 'ready', model: { name, hash } });
} catch (error) {
  const exitCode = error instanceof IcicleError ? { exitCode: error.exitCode } : {};
  say({ type: 'unready', failure: failureOf(error), ...exitCode });
  port.close();
}

port.on('message', async (posted: Posted) => {
  if (posted.type === 'forget') {
    for (const id of posted.ids) tasks.delete(id);
    return;
  }
  const { number, question } = posted;
  asked = number;
  try {
    say(
      question.type === 'learn'
        ? { type: 'learned', number, context: await learn(question) }
        : { type: 'predicted', number, parts: await predict(question) },
    );
  } catch (error) {
    say({ type: 'failed', number, failure: failureOf(error) });
  }
});

async function learn({ id, rows, options }: Extract<Question, { type: 'learn' }>): Promise<LearnedContext> {
  const { config, learner } = await opened;
  const columns = tableOf(rows).names.length - 1;
  const most = statesOf(config, countRows(rows), columns, options.members ?? IN_CONTEXT.members);
  if (most > contextBytes)
    throw new TooLarge(
      `the context would take up to ${most} bytes of memory, and ${contextBytes} are there for all: ask for fewer members ` +
        'or rows',
    );
  const task = await learner.context(rows, options);
  tasks.set(id, task);
  return contextOf(task);
}

async function predict({ id, parts }: Extract<Question, { type: 'predict' }>): Promise<Part[]> {
  const task = tasks.get(id);
  if (task === undefined) throw new UnknownContext('the context is not there');
  return (await predictJoined(task, parts)).map((part) =>
    'error' in part ? { failure: failureOf(part.error) } : part,
  );
}

function isTableModel(model: AnyModel): model is Model<TableConfig> {
  return 'kind' in model.config;
}

/** Bytes of the keys and values of a table, at most: known before any of them is made. */
function statesOf(
  { width, layers, thinking }: TableConfig,
  rows: number,
  columns: number,
  members: number,
): number {
  const shown = Math.min(rows, IN_CONTEXT.rows) + thinking;
  const tokens = shown * (Math.min(columns, IN_CONTEXT.columns) + 1);
  return members * layers * tokens * 2 * width * Float32Array.BYTES_PER_ELEMENT;
}

function contextOf({ schema, scan, examples, quality, learned, warnings }: TabularTask): LearnedContext {
  const { target } = schema;
  // Rows are kept as text, two bytes a character and some for each cell's object.
  const text = scan.examples.reduce(
    (sum, { cells }) => sum + cells.reduce((own, cell) => own + 2 * cell.length + 16, 0),
    0,
  );
  return {
    target: target.name,
    kind: target.kind,
    ...(target.kind === 'classes' ? { classes: target.classes } : {}),
    labelled: examples.rows,
    columns: schema.columns.map(({ name, kind }) => ({ name, kind })),
    quality: quality ?? null,
    share: learned.share,
    ...(learned.fallback === undefined ? {} : { fallback: learned.fallback }),
    warnings,
    bytes: learned.bytes + text + 2 * examples.x.byteLength,
  };
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'bug', message: String(error) };
  const { message, stack } = error;
  if (error instanceof IcicleError) return { kind: 'table', message };
  if (error instanceof TooLarge) return { kind: 'size', message };
  if (error instanceof UnknownContext) return { kind: 'unknown', message };
  if (error instanceof Stopped) return { kind: 'stopped', message };
  return { kind: 'bug', message, stack };
}
