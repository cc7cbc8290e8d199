import type { Measurement } from '../core/measurement.js';
import { emptyDocument } from '../report/document.js';
import { shiftsFigure } from '../report/shifts.js';
import { type Column, formatTable } from '../report/table.js';
import { writeFileAtomic } from '../runs/files.js';
import { compareShifts, type ShiftsOptions } from '../runs/shifts.js';
import { packageVersion } from './package.js';
import { modelText } from './predict-text.js';
import { progress } from './progress.js';
import { rowsWriter } from './rows-file.js';
import type { FrozenModel, World } from './world.js';

/** Where the results go. */
export interface ShiftsOutput {
  readonly output?: string;
  readonly json: boolean;
}

/** Compares learners under distribution shifts: one table, one figure. @throws IcicleError: whatever cannot be compared */
export async function showShifts(
  options: ShiftsOptions,
  models: readonly FrozenModel[],
  { output, json }: ShiftsOutput,
  world: World,
): Promise<void> {
  const write = output === undefined ? undefined : writer(output);
  const bar = progress(world, 'shifts');
  const { rows, spec, hash } = await compareShifts(options, {
    learners: models.map(({ learner }) => learner),
    onProgress: ({ done, total }) => bar.update(done, total),
  }).finally(() => bar.end());
  if (write !== undefined) {
    await write(rows);
    world.say(`wrote ${output}\n`);
  }
  const foot = models.map((model) => modelText(model, hash, spec.seed)).join('\n');
  await world.out(
    json
      ? `${JSON.stringify(rows)}\n`
      : `${table(rows, spec.learners)}\n${foot || `Seed ${spec.seed}, spec ${hash}.\n`}`,
  );
}

/** Figures of shifts are not learning curves; everything else is written as rows always are. */
function writer(path: string): (rows: readonly Measurement[]) => Promise<void> {
  const asRows = rowsWriter(path);
  if (!path.toLowerCase().endsWith('.svg')) return asRows;
  return (rows) =>
    writeFileAtomic(path, shiftsFigure(rows, { document: emptyDocument(), version: packageVersion() }));
}

function table(rows: readonly Measurement[], learners: readonly string[]): string {
  const columns: Column[] = [
    { header: 'shift' },
    { header: 'examples', kind: 'count' },
    ...learners.map((header): Column => ({ header, kind: 'number' })),
  ];
  const groups = new Map<string, Measurement[]>();
  for (const row of rows) {
    const key = `${row.family}\n${row.examples}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const lines = [...groups.values()].map((group) => [
    group[0]!.family,
    group[0]!.examples,
    ...learners.map((name) => value(group.find(({ learner }) => learner === name)!.value)),
  ]);
  return `Mean squared error ÷ variance of the labels under the shift (1: no better than predicting 0):\n\n${formatTable(columns, lines)}`;
}

/** Errors below this are float64's rounding. */
const value = (error: number) => (error < 1e-20 ? 0 : error);
