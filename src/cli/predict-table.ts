import { stringify } from 'csv-stringify/sync';
import type { Measurement } from '../core/measurement.js';
import { specHash } from '../core/spec.js';
import { createAtomic } from '../runs/files.js';
import type { ColumnChoices } from '../tabular/columns.js';
import { BASELINES, frozenContender, textbookContender } from '../tabular/contenders.js';
import { holdout } from '../tabular/holdout.js';
import { CONTEXT, type LearnedTable, learnTable } from '../tabular/learn.js';
import { openTask, predictRows, type TableTask } from '../tabular/task.js';
import { comparisonText, modelText, predictionsText, SHOWN_ROWS, warningsText } from './predict-text.js';
import { progress } from './progress.js';
import type { FrozenModel, World } from './world.js';

export interface PredictRequest {
  readonly table: string;
  readonly target: string;
  readonly rows?: string;
  readonly comparison?: { readonly share: number; readonly repeats: number; readonly examples?: number };
  readonly choices: ColumnChoices;
  readonly model: string;
  readonly seed: number;
  readonly output?: string;
  readonly json: boolean;
}

/**
 * The main job: learn a table in context, fill in what is missing, and say how good that is.
 * @throws IcicleError: whatever can be wrong with the table, the model or the output file
 */
export async function predictTable(request: PredictRequest, world: World): Promise<void> {
  const { seed, target, choices, comparison } = request;
  const task = await openTask({
    table: request.table,
    target,
    ...(request.rows === undefined ? {} : { rows: request.rows }),
    choices,
    holdout: comparison !== undefined,
    seed,
  });
  const model = await world.openModel(request.model);
  try {
    const spec = {
      verb: 'predict',
      table: task.source.name,
      target,
      ...(request.rows === undefined ? {} : { rows: task.asked.source.name }),
      ...choices,
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
    const learned = await learnTable(model.learner, task.encoding, task.x, task.y, seed);
    const about = { spec, hash, task, model, learned };
    if (request.json) await printJson(request, about, world);
    else await printText(request, about, world);
  } finally {
    await model.close();
  }
}

interface About {
  readonly spec: object;
  readonly hash: string;
  readonly task: TableTask;
  readonly model: FrozenModel;
  readonly learned: LearnedTable;
}

async function printText(request: PredictRequest, about: About, world: World): Promise<void> {
  const { task, model, learned } = about;
  if (request.output !== undefined) await writeCsv(request.output, about, world);
  else if (task.asked.count > 0) {
    const chunks = predictRows(task, learned, SHOWN_ROWS);
    const first = [];
    for await (const chunk of chunks) first.push(...chunk);
    await world.out(predictionsText(task, learned, first));
  }
  if (request.comparison !== undefined) {
    const rows = await compareLearners(request.comparison, request.seed, about, world);
    await world.out(
      `${task.asked.count > 0 && request.output === undefined ? '\n' : ''}${comparisonText(task, model, rows)}`,
    );
  }
  await world.out(`\n${modelText(model, about.hash, request.seed)}`);
}

async function printJson(request: PredictRequest, about: About, world: World): Promise<void> {
  const { task, model, learned } = about;
  const head = JSON.stringify({
    spec: about.spec,
    hash: about.hash,
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
  });
  // Written as it comes, so that a table of any length is one document in bounded memory.
  await world.out(`${head.slice(0, -1)},"predictions":[`);
  if (request.output !== undefined) await writeCsv(request.output, about, world);
  let comma = '';
  for await (const chunk of predictRows(task, learned)) {
    const items = chunk.map(({ row, value }) => JSON.stringify({ line: row.line, value }));
    await world.out(`${comma}${items.join(',')}`);
    comma = ',';
  }
  const rows =
    request.comparison === undefined
      ? undefined
      : await compareLearners(request.comparison, request.seed, about, world);
  await world.out(`]${rows === undefined ? '' : `,"comparison":${JSON.stringify(rows)}`}}\n`);
}

/** All cells of each predicted row, and the prediction in a last column `predicted_<target>`. */
async function writeCsv(path: string, about: About, world: World): Promise<void> {
  const { task, learned } = about;
  const { source, count } = task.asked;
  const file = await createAtomic(path);
  const release = world.onInterrupt(async () => {
    await file.abort();
    return 'exit';
  });
  const bar = progress(world, 'predict');
  let done = 0;
  try {
    await file.write(stringify([[...source.names, `predicted_${task.target}`]]));
    for await (const chunk of predictRows(task, learned)) {
      await file.write(stringify(chunk.map(({ row, value }) => [...row.cells, String(value)])));
      done += chunk.length;
      bar.update(done, count);
    }
    await file.commit();
  } catch (error) {
    await file.abort();
    throw error;
  } finally {
    bar.end();
    release();
  }
  world.say(`wrote ${done} predicted row${done === 1 ? '' : 's'} to ${path}\n`);
}

async function compareLearners(
  comparison: { readonly share: number; readonly repeats: number; readonly examples?: number },
  seed: number,
  about: About,
  world: World,
): Promise<Measurement[]> {
  const bar = progress(world, 'held-out splits');
  try {
    return await holdout({
      source: about.task.source,
      scan: about.task.scan,
      target: about.task.target,
      contenders: [
        ...BASELINES.map(textbookContender),
        { ...frozenContender(about.model.learner), name: about.model.name },
      ],
      ...comparison,
      seed,
      spec: about.hash,
      progress: (done, total) => bar.update(done, total),
    });
  } finally {
    bar.end();
  }
}
