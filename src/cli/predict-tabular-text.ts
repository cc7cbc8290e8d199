import type { Measurement } from '../core/measurement.js';
import { type Column, formatCount, formatNumber, formatTable } from '../report/table.js';
import type { Explanation } from '../tabular/explain.js';
import type { Prediction } from '../tabular/prediction.js';
import type { TableSource } from '../tabular/table.js';
import type { PredictedRow, TabularTask } from '../tabular/tabular-task.js';
import type { FrozenTabular } from './world.js';

/** As many columns of the table as fit a line of so many characters, beside what is predicted. */
const LINE = 72;
/** Columns of an explanation. */
const EXPLAINED = 5;

/** The first predicted rows with some of their own cells, and how sure each is. */
export function predictedText(
  task: TabularTask,
  source: TableSource,
  first: readonly PredictedRow[],
  count: number,
  unlabelled: boolean,
): string {
  const { schema, scan } = task;
  const { target } = schema;
  const answers: Column[] =
    target.kind === 'classes'
      ? [{ header: target.name }, { header: 'probability', kind: 'number', digits: 2 }]
      : [
          { header: target.name, kind: 'number' },
          { header: levelText(task), kind: 'number' },
        ];
  const taken = answers.reduce((sum, { header }) => sum + header.length + 2, 'line  '.length);
  let left = LINE - taken;
  const shown = schema.columns.filter(({ name }) => (left -= Math.max(8, name.length + 2)) >= 0);
  const noted = first.some(({ prediction }) => noteOf(prediction) !== '');
  const columns: Column[] = [
    { header: 'line', kind: 'count' },
    ...shown.map(({ name, kind }): Column => ({ header: name, kind: kind === 'number' ? 'number' : 'text' })),
    ...answers,
    ...(noted ? [{ header: 'note', longest: 60 }] : []),
  ];
  const rows = first.map(({ row, prediction }) => [
    row.line,
    ...shown.map(({ name }) => row.cells[source.names.indexOf(name)] ?? null),
    ...(prediction.kind === 'classes'
      ? [prediction.label, prediction.probability]
      : [prediction.value, { low: prediction.interval[0], high: prediction.interval[1] }]),
    ...(noted ? [noteOf(prediction)] : []),
  ]);
  const what = `${formatCount(count)} row${count === 1 ? '' : 's'} of ${source.name}`;
  const rest =
    count > first.length
      ? `… and ${formatCount(count - first.length)} more: write all of them with -o out.csv\n`
      : '';
  return (
    `${what}${unlabelled ? ` without ${target.name}` : ''}, ${target.name} learned in context ` +
    `from ${formatCount(scan.examples.length)} rows with it:\n\n${formatTable(columns, rows)}${rest}`
  );
}

const levelText = ({ options }: TabularTask): string =>
  `${formatNumber(100 * (options.level ?? 0.9), 2)} % interval`;

const noteOf = ({ abstained, warnings }: Prediction): string =>
  [...(abstained ? ['too unsure'] : []), ...warnings].join('; ');

/** How good predictions are, from the user's own labels, beside the textbook. */
export function learnedText({ quality, learned, schema, options }: TabularTask): string {
  if (quality === undefined)
    return 'How good that is cannot be said: there are too few labelled rows to hold some out.\n';
  const { rows, score, margin, rmse, coverage } = quality;
  const two = (value: number) => value.toFixed(2);
  const classes = schema.target.kind === 'classes';
  const how = `${formatCount(rows)} labelled rows, each asked before its label was used`;
  const own = `${classes ? 'accuracy' : 'R²'} ${two(score.own)} ± ${two(margin)}`;
  const others = classes
    ? `the majority class ${two(score.constant)}, logistic regression ${two(score.head)}`
    : `the mean ${two(score.constant)}, ridge ${two(score.head)}`;
  const errors =
    rmse === undefined
      ? ''
      : `Root mean squared error ${formatNumber(rmse.own)} (ridge ${formatNumber(rmse.head)}); ` +
        `${levelText({ options } as TabularTask)}s held ${Math.round(100 * coverage!)} % of them before they were widened to fit.\n`;
  return (
    `On your own labels (${how}):\n${own}; ${others}.\n${errors}` +
    `The network has ${Math.round(100 * learned.share)} % of the say, ${classes ? 'logistic regression' : 'ridge'} the rest, as that did best.\n`
  );
}

/** What speaks for a prediction, from the model itself. */
export function explainedText({ schema }: TabularTask, line: number, of: Explanation): string {
  const classes = schema.target.kind === 'classes';
  const columns: Column[] = [
    { header: 'column' },
    { header: 'known, not missing', kind: 'number', digits: 2 },
    { header: 'one deviation more', kind: 'number', digits: 2 },
  ];
  const rows = of.hidden.slice(0, EXPLAINED).map(({ column, effect }) => {
    const number = schema.columns.find(({ name }) => name === column)?.kind !== 'category';
    const weight = of.linear.find((one) => one.column === column)!.weight;
    return [column, effect, number ? weight : null];
  });
  return (
    `Line ${line}: ${classes ? `P(${of.of})` : of.of} = ${formatNumber(of.value)}. What its columns change, the greatest first:\n\n` +
    `${formatTable(columns, rows)}` +
    `Around the row the model is as good as linear to R² = ${of.fidelity.toFixed(2)}.\n`
  );
}

/** The held-out comparison as a table. */
export function comparedText(
  { schema, options }: TabularTask,
  model: FrozenTabular,
  rows: readonly Measurement[],
): string {
  const learners = [...new Set(rows.map(({ learner }) => learner))];
  const metrics: [string, string][] =
    schema.target.kind === 'classes'
      ? [
          ['accuracy', 'accuracy'],
          ['log-loss', 'log-loss'],
          ['auc', 'AUC'],
          ['ece', 'calibration error'],
        ]
      : [
          ['rmse', 'RMSE'],
          ['mae', 'MAE'],
          ['r2', 'R²'],
          ['coverage', `in ${levelText({ options } as TabularTask)}`],
        ];
  const find = (learner: string, metric: string) =>
    rows.find((row) => row.learner === learner && row.metric === metric);
  const [main] = metrics[0]!;
  const columns: Column[] = [
    { header: 'learner' },
    ...metrics.flatMap(([, header], i): Column[] => [
      { header, kind: 'number' },
      ...(i === 0 ? [{ header: '90 % interval', kind: 'number' } as const] : []),
    ]),
  ];
  const cells = learners.map((learner) => [
    learner === model.name ? `${learner} (frozen)` : learner,
    ...metrics.flatMap(([metric], i) => {
      const row = find(learner, metric);
      return [row?.value ?? null, ...(i === 0 ? [row ?? null] : [])];
    }),
  ]);
  const own = find(model.name, main)!;
  return (
    `Held out: every learner learned from the same ${own.examples} labelled rows and was asked for the same others,\n` +
    `${formatCount(own.episodes)} answers in all.\n\n${formatTable(columns, cells)}`
  );
}
