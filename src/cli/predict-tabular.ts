import { named, usageError } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { specHash } from '../core/spec.js';
import type { ContextOptions } from '../tabular/context-options.js';
import { compareTabular } from '../tabular/evaluate/compare.js';
import { openParquet } from '../tabular/parquet.js';
import { openTable } from '../tabular/read.js';
import type { Splits } from '../tabular/splits.js';
import type { TableSource } from '../tabular/table.js';
import type { PredictedRow, TabularTask } from '../tabular/tabular-task.js';
import { type AnswersFile, answersFile, isParquet } from './answers-file.js';
import { comparedText, explainedText, learnedText, predictedText } from './predict-tabular-text.js';
import { modelText, SHOWN_ROWS } from './predict-text.js';
import { progress, underProgress } from './progress.js';
import { inFlags } from './usage.js';
import type { FrozenTabular, World } from './world.js';

export interface TabularRequest {
  readonly table: string;
  readonly rows?: string;
  readonly options: ContextOptions;
  readonly comparison?: Splits;
  /** Rows that are explained. */
  readonly explain?: number;
  readonly output?: string;
  readonly json: boolean;
}

/**
 * The main job with a model of tables: learn a column in context, fill in what is missing, and say how good that is. What can
 * be known to go wrong goes wrong before the first output.
 * @throws IcicleError: whatever can be wrong with the table or the output file
 */
export async function predictTabular(
  request: TabularRequest,
  model: FrozenTabular,
  world: World,
): Promise<void> {
  const { options } = request;
  const source = await openAny(request.table);
  const asked = request.rows === undefined ? source : await openAny(request.rows);
  const file = request.output === undefined ? undefined : await answersFile(request.output);
  const release = world.onInterrupt(async () => {
    await file?.abort();
    return 'exit';
  });
  try {
    const task = await underProgress(world, 'learn', (update) =>
      model.learner.context(source, { ...options, progress: update }),
    );
    checkSomethingToDo(request, task);
    const spec = {
      verb: 'predict',
      table: source.name,
      ...(request.rows === undefined ? {} : { rows: asked.name }),
      options,
      ...(request.comparison === undefined ? {} : { comparison: request.comparison }),
      model: { name: model.name, hash: model.hash },
    };
    const hash = specHash(spec);
    world.say(
      `predict ${source.name}: target ${options.target}, model ${model.name}, seed ${options.seed ?? 1}, spec ${hash}\n`,
    );
    world.say(task.warnings.map((warning) => `note: ${inFlags(warning)}\n`).join(''));
    const { comparison } = request;
    const compared =
      comparison &&
      (await underProgress(world, 'held-out splits', (update) =>
        compareTabular(model.learner, task, comparison, { spec: hash, progress: update }),
      ));
    const done: Done = { spec, hash, task, model, asked, compared, request };
    if (request.json) await printJson(done, file, world);
    else await printText(done, file, world);
    if (file !== undefined) {
      await file.commit();
      world.say(`wrote the predicted rows to ${request.output}\n`);
    }
  } finally {
    await file?.abort(); // which does nothing to a file that is whole
    release();
  }
}

const openAny = (path: string): Promise<TableSource> =>
  isParquet(path) ? openParquet(path) : openTable(path);

/** @throws IcicleError (exit code 2) where every row has the target and nothing else was asked for */
function checkSomethingToDo({ rows, comparison, output }: TabularRequest, task: TabularTask): void {
  const { scan, source, schema } = task;
  if (rows !== undefined || scan.unlabelled > 0) return;
  const all = `all ${scan.labelled} rows of ${source.path} have ${named(schema.target.name)}`;
  if (output !== undefined)
    throw usageError(
      `no rows to write to ${output}: ${all}: leave out --output, leave cells empty, or pass --rows new.csv`,
    );
  if (comparison === undefined)
    throw usageError(
      `no rows to predict: ${all}: leave cells empty, pass --rows new.csv, or measure with --holdout 0.25`,
    );
}

interface Done {
  readonly spec: object;
  readonly hash: string;
  readonly task: TabularTask;
  readonly model: FrozenTabular;
  readonly asked: TableSource;
  readonly compared: readonly Measurement[] | undefined;
  readonly request: TabularRequest;
}

/** The rows that are asked: all of another file, or those that lack the target. */
const only = ({ request }: Done) => (request.rows === undefined ? ('unlabelled' as const) : ('all' as const));

async function printText(done: Done, file: AnswersFile | undefined, world: World): Promise<void> {
  const { task, model, asked, compared, request } = done;
  const parts: string[] = [];
  const first: PredictedRow[] = [];
  const unlabelled = only(done) === 'unlabelled';
  let count = 0;
  if (request.rows !== undefined || task.scan.unlabelled > 0)
    for await (const chunk of each(done, file, world, file === undefined && unlabelled)) {
      first.push(...chunk.slice(0, SHOWN_ROWS - first.length));
      count += chunk.length;
    }
  if (count > 0 && file === undefined)
    parts.push(predictedText(task, asked, first, unlabelled ? task.scan.unlabelled : count, unlabelled));
  if (request.explain !== undefined && first.length > 0)
    for (const { row } of first.slice(0, request.explain))
      parts.push(explainedText(task, row.line, await task.explainRow(asked, row)));
  parts.push(learnedText(task));
  if (compared !== undefined) parts.push(comparedText(task, model, compared));
  parts.push(modelText(model, done.hash, request.options.seed ?? 1));
  await world.out(parts.join('\n'));
}

/** Written as it comes, so that a table of any length is one document in bounded memory. */
async function printJson(done: Done, file: AnswersFile | undefined, world: World): Promise<void> {
  const { task, model, asked, compared, request } = done;
  const { schema, scan, learned } = task;
  const head = JSON.stringify({
    spec: done.spec,
    hash: done.hash,
    table: task.source.path,
    target: schema.target,
    labelled: scan.labelled,
    unlabelled: scan.unlabelled,
    columns: schema.columns,
    warnings: task.warnings,
    model: { name: model.name, parameters: model.parameters, hash: model.hash, frozen: true },
    quality: task.quality ?? null,
    learned: { share: learned.share, temperature: learned.temperature, fallback: learned.fallback ?? null },
    ...(compared === undefined ? {} : { comparison: compared }),
  });
  let begin = `${head.slice(0, -1)},"predictions":[`;
  if (request.rows !== undefined || scan.unlabelled > 0)
    for await (const chunk of each(done, file, world, false)) {
      const items: string[] = [];
      for (const { row, prediction } of chunk) {
        const explanation =
          request.explain === undefined ? {} : { explanation: await task.explainRow(asked, row) };
        items.push(JSON.stringify({ line: row.line, ...prediction, ...explanation }));
      }
      await world.out(`${begin}${items.join(',')}`);
      begin = ',';
    }
  await world.out(`${begin === ',' ? '' : begin}]}\n`);
}

/** Predicts all rows once, a few at a time; they go to the file too. @param some whether what is shown is enough */
async function* each(
  done: Done,
  file: AnswersFile | undefined,
  world: World,
  some: boolean,
): AsyncGenerator<readonly PredictedRow[], void, undefined> {
  const { task, asked } = done;
  await file?.begin(asked, task.schema);
  const bar = progress(world, 'predict');
  const total = only(done) === 'unlabelled' ? task.scan.unlabelled : undefined;
  let count = 0;
  try {
    const most = some ? { most: SHOWN_ROWS } : {};
    for await (const chunk of task.predictTable(asked, { only: only(done), ...most })) {
      await file?.write(chunk);
      count += chunk.length;
      if (total !== undefined) bar.update(count, total);
      yield chunk;
    }
  } finally {
    bar.end();
  }
}
