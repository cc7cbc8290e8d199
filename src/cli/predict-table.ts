import { named, usageError } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { specHash } from '../core/spec.js';
import { type AtomicFile, createAtomic } from '../runs/files.js';
import type { ColumnChoices } from '../tabular/columns.js';
import { compareTask } from '../tabular/compare.js';
import { CONTEXT, type LearnedTable } from '../tabular/learn.js';
import type { Splits } from '../tabular/splits.js';
import { learnTask, openTask, type Predicted, predictRows, type TableTask } from '../tabular/task.js';
import { predictedHeader, predictedRows } from '../tabular/write.js';
import { comparisonText, modelText, predictionsText, SHOWN_ROWS, warningsText } from './predict-text.js';
import { progress, underProgress } from './progress.js';
import type { FrozenModel, World } from './world.js';

export interface PredictRequest {
  readonly table: string;
  readonly target: string;
  readonly rows?: string;
  readonly comparison?: Splits;
  readonly choices: ColumnChoices;
  readonly model: string;
  readonly seed: number;
  readonly output?: string;
  readonly json: boolean;
}

/**
 * The main job: learn a table in context, fill in what is missing, and say how good that is. Whatever can be known to go
 * wrong goes wrong before the first output: the table is read and checked, the output file begun and the comparison done.
 * @throws IcicleError: whatever can be wrong with the table, the model or the output file
 */
export async function predictTable(request: PredictRequest, world: World): Promise<void> {
  const { table, target, rows, choices, comparison, seed } = request;
  const task = await openTask({
    table,
    target,
    ...(rows === undefined ? {} : { rows }),
    choices,
    ...(comparison === undefined ? {} : { comparison }),
    seed,
  });
  const file = request.output === undefined ? undefined : await beginFile(request.output, task);
  const release = world.onInterrupt(async () => {
    await file?.abort();
    return 'exit';
  });
  try {
    const model = await world.openModel(request.model);
    try {
      await predictWith(request, task, model, file, world);
    } finally {
      await model.close();
    }
  } finally {
    await file?.abort(); // which does nothing to a file that is whole
    release();
  }
}

/** Begins the output file, with its header: a full disk or a missing folder shows now. */
async function beginFile(path: string, { source, target, scan, asked }: TableTask): Promise<AtomicFile> {
  if (asked.count === 0)
    throw usageError(
      `no rows to write to ${path}: all ${scan.labelled} rows of ${source.path} have ${named(target)}: leave out --output, ` +
        'leave cells empty, or pass --rows new.csv',
    );
  const file = await createAtomic(path);
  await file.write(predictedHeader(asked.source, target));
  return file;
}

async function predictWith(
  request: PredictRequest,
  task: TableTask,
  model: FrozenModel,
  file: AtomicFile | undefined,
  world: World,
): Promise<void> {
  const { target, seed, comparison } = request;
  const spec = {
    verb: 'predict',
    table: task.source.name,
    target,
    ...(request.rows === undefined ? {} : { rows: task.asked.source.name }),
    ...task.scan.choices,
    ...(comparison === undefined ? {} : { comparison }),
    model: { name: model.name, hash: model.hash },
    context: CONTEXT,
    seed,
  };
  const hash = specHash(spec);
  world.say(
    `predict ${task.source.name}: target ${target}, model ${model.name}, seed ${seed}, spec ${hash}\n`,
  );
  world.say(warningsText(task));
  const learned = await learnTask(task, model.learner);
  const compared =
    comparison &&
    (await underProgress(world, 'held-out splits', (update) =>
      compareTask(task, model.learner, comparison, { spec: hash, progress: update }),
    ));
  const done = { spec, hash, task, model, learned, compared };
  if (request.json) await printJson(done, file, world);
  else await printText(done, file, world);
  if (file !== undefined) {
    await file.commit();
    const { count } = task.asked;
    world.say(`wrote ${count} predicted row${count === 1 ? '' : 's'} to ${request.output}\n`);
  }
}

interface Done {
  readonly spec: object;
  readonly hash: string;
  readonly task: TableTask;
  readonly model: FrozenModel;
  readonly learned: LearnedTable;
  readonly compared: readonly Measurement[] | undefined;
}

async function printText(done: Done, file: AtomicFile | undefined, world: World): Promise<void> {
  const { task, model, learned, compared } = done;
  const parts: string[] = [];
  if (file !== undefined) await each(done, file, world, async () => undefined);
  else if (task.asked.count > 0) {
    const first: Predicted[] = [];
    for await (const chunk of predictRows(task, learned, SHOWN_ROWS)) first.push(...chunk);
    parts.push(predictionsText(task, learned, first));
  }
  if (compared !== undefined) parts.push(comparisonText(task, model, compared));
  parts.push(modelText(model, done.hash, task.seed));
  await world.out(parts.join('\n'));
}

/** Written as it comes, so that a table of any length is one document in bounded memory. */
async function printJson(done: Done, file: AtomicFile | undefined, world: World): Promise<void> {
  const { task, model, learned, compared } = done;
  const head = JSON.stringify({
    spec: done.spec,
    hash: done.hash,
    table: task.source.path,
    target: task.target,
    labelled: task.scan.labelled,
    unlabelled: task.scan.unlabelled,
    columns: task.scan.columns.map(({ name, type, missing }) => ({ name, type, missing })),
    warnings: task.encoding.warnings,
    model: { name: model.name, parameters: model.parameters, hash: model.hash, frozen: true },
    context: {
      inputs: learned.inputs,
      examples: learned.examples,
      members: learned.members,
      scale: learned.scale,
      error: learned.error,
    },
    ...(compared === undefined ? {} : { comparison: compared }),
  });
  let begin = `${head.slice(0, -1)},"predictions":[`;
  await each(done, file, world, async (chunk) => {
    const items = chunk.map(({ row, value }) => JSON.stringify({ line: row.line, value }));
    await world.out(`${begin}${items.join(',')}`);
    begin = ',';
  });
  await world.out(`${begin === ',' ? '' : begin}]}\n`);
}

/** Predicts all rows once, a few at a time; they go to the file and to `use`. */
async function each(
  { task, learned }: Done,
  file: AtomicFile | undefined,
  world: World,
  use: (chunk: readonly Predicted[]) => Promise<void>,
): Promise<void> {
  const { source, count } = task.asked;
  const bar = progress(world, 'predict');
  let done = 0;
  try {
    for await (const chunk of predictRows(task, learned)) {
      await file?.write(predictedRows(source, chunk));
      await use(chunk);
      done += chunk.length;
      bar.update(done, count);
    }
  } finally {
    bar.end();
  }
}
