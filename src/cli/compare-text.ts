import type { Measurement } from '../core/measurement.js';
import { curveCaption } from '../report/caption.js';
import { type Column, formatTable } from '../report/table.js';
import type { Comparison } from '../runs/compare.js';
import { calibrationText } from './calibration-text.js';
import { modelText } from './predict-text.js';
import type { FrozenModel } from './world.js';

/**
 * A comparison as text: each learner's mean error and its distance to the first one, then the squared error by number of
 * examples, then a sentence.
 */
export function compareText(comparison: Comparison, models: readonly FrozenModel[]): string {
  const { rows, spec, hash } = comparison;
  const [first = ''] = spec.learners;
  const errors = rows.filter(({ metric }) => metric === 'squared-error');
  const parts = [
    overall(rows, spec.learners, spec.reference ?? first),
    byExamples(errors, spec.learners),
    calibrationText(rows, spec.learners, tellingExamples(rows)),
  ];
  const own = rows.filter((row) => row.learner === first || row.metric === 'squared-error');
  parts.push(`${curveCaption(own, 'squared-error', tellingExamples(rows))}\n`);
  for (const model of models) parts.push(modelText(model, hash, spec.seed));
  if (models.length === 0) parts.push(`Seed ${spec.seed}, spec ${hash}.\n`);
  return parts.filter((part) => part !== '').join('\n');
}

function overall(rows: readonly Measurement[], learners: readonly string[], to: string): string {
  const of = (learner: string, start: string, reference?: string) =>
    rows.find(
      (row) => row.learner === learner && row.metric.startsWith(start) && row.reference === reference,
    );
  const range = /@(\d+)-(\d+)/.exec(rows.find((row) => row.metric.includes('@'))?.metric ?? '');
  if (range === null) return '';
  const columns: Column[] = [
    { header: 'learner' },
    { header: 'squared error', kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    { header: `SPD ÷ d to ${to}`, kind: 'number' },
    { header: '90 % interval', kind: 'number' },
  ];
  const table = learners.map((learner) => {
    const error = of(learner, 'squared-error@');
    const distance = of(learner, 'spd/d@', to) ?? of(to, 'spd/d@', learner);
    return [learner, error?.value, error, distance?.value, distance];
  });
  return `Mean over ${range[1]}…${range[2]} examples (SPD: mean squared difference of two learners' predictions):\n\n${formatTable(columns, table)}`;
}

/** Squared errors below this are float64's rounding. */
const ROUNDING = 1e-20;

/** Squared error at the numbers of examples where it changes most. */
function byExamples(errors: readonly Measurement[], learners: readonly string[]): string {
  const most = Math.max(...errors.map((row) => row.examples));
  const measured = new Set(errors.map((row) => row.examples));
  const shown = [0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 40, 64, 128, 256, 512].filter(
    (n) => n < most && measured.has(n),
  );
  shown.push(most);
  const columns: Column[] = [
    { header: 'examples', kind: 'count' },
    ...learners.map((header): Column => ({ header, kind: 'number' })),
  ];
  const table = shown.map((examples) => [
    examples,
    ...learners.map((learner) => {
      const value = errors.find((row) => row.learner === learner && row.examples === examples)?.value;
      return value !== undefined && value < ROUNDING ? '≈ 0' : value;
    }),
  ]);
  return `Squared error by number of examples, mean over episodes:\n\n${formatTable(columns, table)}`;
}

/** The number of examples that a sentence speaks of: as many as there are inputs, where learners differ most. */
export function tellingExamples(rows: readonly Measurement[]): number {
  const range = /@1-(\d+)$/.exec(rows.find((row) => row.metric.includes('@'))?.metric ?? '');
  const middle = Math.max(1, Math.round(Number(range?.[1] ?? 2) / 2));
  // Of a family that asks its last point only, that one tells.
  return rows.some(({ examples }) => examples === middle)
    ? middle
    : Math.max(...rows.map((row) => row.examples));
}
