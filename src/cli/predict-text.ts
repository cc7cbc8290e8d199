import type { Measurement } from '../core/measurement.js';
import { type Column, formatCount, formatInterval, formatNumber, formatTable } from '../report/table.js';
import { BASELINES, frozenName, REFERENCE } from '../tabular/contenders.js';
import type { ColumnCode } from '../tabular/encode.js';
import type { LearnedTable } from '../tabular/learn.js';
import type { Predicted, TableTask } from '../tabular/task.js';
import { inFlags } from './usage.js';
import type { FrozenModel } from './world.js';

/** Rows of a table that are shown; `-o` and `--json` have all of them. */
export const SHOWN_ROWS = 20;
/** … with as many of their columns as fit a line of this many characters. */
const LINE = 80;

/** What was left out and why, a line each. */
export function warningsText(task: TableTask): string {
  const lines = [...task.encoding.warnings.map((warning) => `note: ${inFlags(warning)}`)];
  const { labelled, unlabelled, examples } = task.scan;
  if (task.asked.only === 'all' && unlabelled > 0)
    lines.push(
      `note: ${formatCount(unlabelled)} rows of ${task.source.name} without ${task.target} are left out; those of ` +
        `${task.asked.source.name} are predicted`,
    );
  if (examples.length < labelled)
    lines.push(
      `note: of ${formatCount(labelled)} labelled rows ${formatCount(examples.length)}, drawn at random, are used`,
    );
  return lines.map((line) => `${line}\n`).join('');
}

/** The first predicted rows with some of their own cells, and how far off they may be. */
export function predictionsText(task: TableTask, learned: LearnedTable, first: readonly Predicted[]): string {
  const { source, count } = task.asked;
  const shown = fitting(task).map(({ name, kind }) => ({
    place: source.names.indexOf(name),
    column: { header: name, kind: kind === 'number' ? 'number' : 'text' } satisfies Column,
  }));
  const columns: Column[] = [
    { header: 'line', kind: 'count' },
    ...shown.map(({ column }) => column),
    { header: `predicted ${task.target}`, kind: 'number' },
  ];
  const rows = first.map(({ row, value }) => [
    row.line,
    ...shown.map(({ place }) => row.cells[place] ?? null),
    value,
  ]);
  const what =
    task.asked.only === 'unlabelled'
      ? `${formatCount(count)} row${count === 1 ? '' : 's'} of ${source.name} without ${task.target}`
      : `${formatCount(count)} row${count === 1 ? '' : 's'} of ${source.name}`;
  const rest =
    count > first.length
      ? `… and ${formatCount(count - first.length)} more: write all of them with -o out.csv\n`
      : '';
  return (
    `${what}, learned in context from ${formatCount(task.scan.examples.length)} with it:\n\n` +
    `${formatTable(columns, rows)}${rest}\n` +
    `Labelled rows, each asked before its label was used, were missed by ${formatNumber(learned.error)} ` +
    '(root mean square).\n'
  );
}

/** The first columns that were learned from whose headers fit beside the line number and the prediction. */
function fitting(task: TableTask): readonly ColumnCode[] {
  let left = LINE - 'line  predicted '.length - task.target.length;
  return task.encoding.columns.filter(({ name }) => (left -= Math.max(10, name.length + 2)) >= 0);
}

/** The held-out comparison as a table, and what it says in a sentence. */
export function comparisonText(task: TableTask, model: FrozenModel, rows: readonly Measurement[]): string {
  const find = (learner: string, metric: string) =>
    rows.find((row) => row.learner === learner && row.metric === metric)!;
  const frozen = frozenName(model.learner.name);
  const learners = [...BASELINES, frozen];
  const columns: Column[] = [
    { header: 'learner' },
    { header: 'RMSE', kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    { header: 'MAE', kind: 'number' },
    { header: 'R²', kind: 'number' },
    { header: `÷ ${REFERENCE}`, kind: 'number' },
    { header: '90 % interval', kind: 'number' },
  ];
  const cells = learners.map((learner) => {
    const rmse = find(learner, 'rmse');
    const ratio = find(learner, 'rmse-ratio');
    return [
      learner === frozen ? `${learner} (frozen)` : learner,
      rmse.value,
      rmse,
      find(learner, 'mae').value,
      find(learner, 'r2').value,
      ratio.value,
      learner === REFERENCE ? null : ratio,
    ];
  });
  const ratio = find(frozen, 'rmse-ratio');
  return (
    `Held out: every learner learned from the same ${ratio.examples} labelled rows and was asked for the same others,\n` +
    `${formatCount(ratio.episodes)} answers in all. RMSE and MAE in the units of ${task.target}.\n\n${formatTable(columns, cells)}\n` +
    `The frozen model's error is ${formatNumber(ratio.value)} times that of ridge with λ by leave-one-out\n` +
    `(90 % interval ${formatInterval(ratio)}, paired over rows and splits).\n`
  );
}

/** Which model it was, and that nothing in it changed. */
export function modelText(
  model: Pick<FrozenModel, 'name' | 'parameters' | 'hash'>,
  hash: string,
  seed: number,
): string {
  return (
    `Model ${model.name}: ${formatCount(model.parameters)} parameters, SHA-256 ${model.hash.slice(0, 16)}…, frozen: none of\n` +
    `them changed. Seed ${seed}, spec ${hash}.\n`
  );
}
