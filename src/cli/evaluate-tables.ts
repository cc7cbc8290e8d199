import { usageError } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { specHash } from '../core/spec.js';
import { type Column, formatCount, formatTable } from '../report/table.js';
import { evaluateSuite, OWN } from '../runs/evaluate.js';
import { writeFileAtomic } from '../runs/files.js';
import { meansOf, type Outcome, winsOf } from '../tabular/evaluate/summary.js';
import { progress } from './progress.js';
import { DEFAULT_MODEL } from './verbs/predict.js';
import type { FrozenTabular, World } from './world.js';

export interface EvaluateRequest {
  readonly folder: string;
  readonly model: string;
  readonly seed: number;
  readonly json: boolean;
  readonly tables?: readonly string[];
  readonly labels?: readonly number[];
  readonly repeats?: number;
  readonly members?: number;
  readonly output?: string;
  /** Whether the report is to say that the tables were held back. */
  readonly heldBack?: true;
}

/** @throws IcicleError where the folder lacks a file, or the model is none of tables (exit code 2) */
export async function evaluateTables(request: EvaluateRequest, world: World): Promise<void> {
  const model = await world.openTabular(request.model);
  if (model === undefined)
    throw usageError(
      `unsupported model: ${request.model}: it learns no tables; use models/tabular or one like it`,
    );
  const bar = progress(world, 'evaluate');
  const stop = new AbortController();
  const release = world.onInterrupt(async () => {
    stop.abort();
    return 'continue';
  });
  let outcomes: Outcome[];
  try {
    outcomes = await evaluateSuite(request.folder, model.learner, {
      ...request,
      signal: stop.signal,
      progress: (done, total) => bar.update(Math.round(done * 10) / 10, total),
    });
  } finally {
    bar.end();
    release();
    await model.close();
  }
  if (stop.signal.aborted) {
    world.say('stopped; tables that were done are kept, and the same command goes on\n');
    return;
  }
  const { output, json, folder: _, ...spec } = request;
  const about = { seed: request.seed, spec: specHash({ verb: 'evaluate', ...spec, model: model.hash }) };
  const rows = [
    ...meansOf(outcomes, about),
    ...winsOf(outcomes, OWN, 'auc', 'classes', about),
    ...winsOf(outcomes, OWN, 'log-loss', 'classes', about),
    ...winsOf(outcomes, OWN, 'r2', 'number', about),
  ];
  const text = reportText(outcomes, rows, model, about.spec, request);
  if (output !== undefined) await writeFileAtomic(output, text);
  await world.out(json ? `${JSON.stringify(rows)}\n` : text);
}

/** What makes the report again. */
function commandsOf({
  model,
  seed,
  tables,
  labels,
  repeats,
  members,
  output,
  heldBack,
}: EvaluateRequest): string[] {
  const folder = heldBack ? 'held-back' : 'tables';
  const script = (name: string) => `/usr/bin/python3 bench/evaluate/${name}.py ${folder}`;
  const flags = {
    table: tables?.join(),
    labels: labels?.join(),
    repeats,
    members,
    model: model === DEFAULT_MODEL ? undefined : model,
    seed: seed === 1 ? undefined : seed,
    'held-back': heldBack ? '' : undefined,
    output,
  };
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === undefined ? [] : [`--${flag} ${value}`.trim()],
  );
  return [
    `${script('fetch')}${heldBack ? ' --held-back' : ''}  # which says what to install`,
    `${script('splits')}${heldBack && repeats !== undefined ? ` --repeats ${repeats}` : ''}`,
    script('baselines'),
    [`npx icicle evaluate ${folder}`, ...given].join(' '),
  ];
}

const SHOWN: Readonly<Record<Outcome['task'], readonly [metric: string, title: string][]>> = {
  classes: [
    ['auc', 'AUC (mean over one class against the rest)'],
    ['log-loss', 'Log-loss (probabilities below 0.001 are taken for it, for every learner)'],
    ['accuracy', 'Accuracy'],
    ['ece', 'Calibration error'],
  ],
  number: [
    ['r2', 'R²'],
    ['coverage', 'Share of 90 % intervals that hold the truth'],
    ['width', 'Their width, in standard deviations of the asked rows'],
  ],
};

const WINS: Readonly<Record<Outcome['task'], readonly string[]>> = {
  classes: ['auc', 'log-loss'],
  number: ['r2'],
};

function reportText(
  outcomes: readonly Outcome[],
  rows: readonly Measurement[],
  model: FrozenTabular,
  spec: string,
  request: EvaluateRequest,
): string {
  const own = outcomes.filter(({ learner }) => learner === OWN);
  const tables = (task: Outcome['task']) =>
    new Set(own.filter((one) => one.task === task).map(({ table }) => table)).size;
  const parts = [
    `# The table learner on real tables${request.heldBack ? ' that were held back' : ''}\n`,
    `Model ${model.name}, SHA-256 ${model.hash.slice(0, 16)}…, frozen; ${formatCount(tables('classes'))} tables with classes and ` +
      `${formatCount(tables('number'))} with numbers, ${formatCount(own.length)} splits; spec ${spec}. Means over tables; a table with ` +
      'fewer rows has no column for many labels, so that columns are not of the same tables. No table was trained on; ' +
      (request.heldBack
        ? 'none of them was looked at before the learner was finished, and nothing of it was changed after.\n'
        : 'all of them were looked at while the learner was made.\n'),
    `\`\`\`sh\n${commandsOf(request).join('\n')}\n\`\`\`\n`,
  ];
  for (const task of ['classes', 'number'] as const) {
    const family = `tables with ${task === 'classes' ? 'classes' : 'numbers'}`;
    const ours = rows.filter((row) => row.family === family);
    if (ours.length === 0) continue;
    parts.push(`## ${family[0]!.toUpperCase()}${family.slice(1)}\n`);
    for (const [metric, title] of SHOWN[task]) parts.push(`### ${title}\n`, fenced(byLabels(ours, metric)));
    for (const metric of WINS[task])
      parts.push(
        `### Pairs won by ${metric}\n`,
        'The share of splits on which it does better than the other on the same rows, ties half, with a 90 % interval from ' +
          'resampling tables.\n',
        fenced(byOther(ours, `wins of ${metric}`)),
      );
  }
  parts.push('## Table by table\n', fenced(byTable(outcomes)));
  return parts.join('\n');
}

const fenced = (text: string): string => `\`\`\`text\n${text}\`\`\`\n`;

/** A row a learner, a column a number of labels. */
function byLabels(rows: readonly Measurement[], metric: string): string {
  const own = rows.filter((row) => row.metric === metric);
  const labels = labelsOf(own);
  const columns: Column[] = [
    { header: 'learner' },
    ...labels.map((n): Column => ({ header: `${n} labels`, kind: 'number' })),
  ];
  const at = (learner: string, n: number) => own.find((row) => row.learner === learner && row.examples === n);
  const learners = [...new Set(own.map(({ learner }) => learner))];
  const cells = learners.map((learner) => [learner, ...labels.map((n) => at(learner, n)?.value)]);
  const tables = labels.map((n) => String(own.find((row) => row.examples === n)!.episodes));
  return formatTable(columns, [...cells, ['(tables)', ...tables]]);
}

/** A row an other learner, for each number of labels the share won and its interval. */
function byOther(rows: readonly Measurement[], metric: string): string {
  const own = rows.filter((row) => row.metric === metric);
  const labels = labelsOf(own);
  const columns: Column[] = [
    { header: 'against' },
    ...labels.map((n): Column => ({ header: `${n} labels` })),
  ];
  const others = [...new Set(own.map(({ reference }) => reference!))];
  const share = (row: Measurement | undefined) =>
    row === undefined ? null : `${row.value.toFixed(2)} (${row.low.toFixed(2)}…${row.high.toFixed(2)})`;
  const cells = others.map((other) => [
    other,
    ...labels.map((n) => share(own.find((row) => row.reference === other && row.examples === n))),
  ]);
  return formatTable(columns, cells);
}

const labelsOf = (rows: readonly Measurement[]): number[] =>
  [...new Set(rows.map(({ examples }) => examples!))].sort((a, b) => a - b);

/** Our AUC or R² and the best other's, at the numbers of labels that most tables have. */
function byTable(outcomes: readonly Outcome[]): string {
  const columns: Column[] = [
    { header: 'table' },
    { header: 'labels', kind: 'count' },
    { header: 'metric' },
    { header: OWN, kind: 'number' },
    { header: 'best other', kind: 'number' },
    { header: 'which' },
  ];
  const cells = [...new Set(outcomes.map(({ table }) => table))].flatMap((table) =>
    [10, 50, 300].flatMap((labels) => {
      const here = outcomes.filter((one) => one.table === table && one.labels === labels);
      if (here.length === 0) return [];
      const metric = here[0]!.task === 'classes' ? 'auc' : 'r2';
      const meanOf = (learner: string) => {
        const values = here.filter((one) => one.learner === learner).map(({ scores }) => scores[metric]!);
        return values.reduce((a, b) => a + b, 0) / values.length;
      };
      const others = [...new Set(here.map(({ learner }) => learner))]
        .filter((learner) => learner !== OWN)
        .map((learner) => ({ learner, value: meanOf(learner) }))
        .sort((a, b) => b.value - a.value);
      return [[table, labels, metric, meanOf(OWN), others[0]?.value, others[0]?.learner]];
    }),
  );
  return formatTable(columns, cells);
}
