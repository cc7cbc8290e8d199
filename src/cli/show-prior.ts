import { invalid } from '../core/errors.js';
import { type Random, random } from '../core/random.js';
import { specHash } from '../core/spec.js';
import { emptyDocument } from '../report/document.js';
import { formatCount, formatNumber, formatTable } from '../report/table.js';
import { type SheetPanel, tableSheet } from '../report/table-sheet.js';
import { writeFileAtomic } from '../runs/files.js';
import {
  columnOf,
  informationOf,
  parsePrior,
  type SyntheticTable,
  sampleTable,
  statisticsOf,
  type TableStatistics,
  type TargetKind,
} from '../tabular/prior/index.js';
import { packageVersion } from './package.js';
import { settingsOf } from './train-spec.js';
import type { World } from './world.js';

export interface PriorRequest {
  readonly show: number;
  readonly task: TargetKind | 'both';
  readonly set?: readonly string[];
  readonly seed: number;
  readonly output?: string;
  readonly json: boolean;
}

/** A sheet has at most this many tables. */
const MOST_PANELS = 60;

/** Draws tables from the prior and shows what they are like. */
export async function showPrior(request: PriorRequest, world: World): Promise<void> {
  const { show, task, seed, output, json } = request;
  if (output !== undefined && !output.toLowerCase().endsWith('.svg'))
    throw invalid('--output', output, 'it must end in .svg');
  if (output !== undefined && show > MOST_PANELS)
    throw invalid('--show', show, `a sheet has at most ${MOST_PANELS} tables`);
  const spec = parsePrior(settingsOf(request.set ?? []));
  const hash = specHash(spec);
  const tables = Array.from({ length: show }, (_, i) => {
    const kind = task === 'both' ? (i % 2 === 0 ? 'classes' : 'number') : task;
    return sampleTable(spec, random(seed, 'prior', i), kind);
  });
  const all = tables.map(statisticsOf);
  if (output !== undefined) {
    const svg = tableSheet(
      tables.map((table, i) => panelOf(table, all[i]!, i + 1, random(seed, 'prior', i, 'shown'))),
      {
        document: emptyDocument(),
        title: show === 1 ? 'A table from the prior' : `${formatCount(show)} tables from the prior`,
        caption:
          'Each panel shows the two columns that tell most of the target by themselves. Filled: labelled rows; rings: asked ' +
          'rows; beside the axes: rows whose cell is missing. Colours are classes, or shades by rank from low (dark) to high. The score ' +
          'is 1 − squared error ÷ that of the constant, of a quick learner on rows beside the table.',
        foot: `icicle ${packageVersion()} · seed ${seed} · spec ${hash}`,
      },
    );
    await writeFileAtomic(output, svg);
    world.say(`wrote ${output}\n`);
  }
  const rows = tables.map(({ provenance }, i) => ({ ...all[i]!, drawn: provenance.drawn }));
  await world.out(
    json ? `${JSON.stringify(rows)}\n` : `${asTable(all)}\n${summary(all)}Seed ${seed}, spec ${hash}.\n`,
  );
}

function asTable(all: readonly TableStatistics[]): string {
  return formatTable(
    [
      { header: 'table', kind: 'count' },
      { header: 'generator' },
      { header: 'rows', kind: 'count' },
      { header: 'labelled', kind: 'count' },
      { header: 'columns', kind: 'count' },
      { header: 'categories', kind: 'count' },
      { header: 'missing', unit: '%', kind: 'number', digits: 2 },
      { header: 'classes', kind: 'count' },
      { header: 'largest', unit: '%', kind: 'number', digits: 2 },
      { header: 'quick score', kind: 'number', digits: 2 },
      { header: 'learnable' },
    ],
    all.map((of, i) => [
      i + 1,
      of.generator,
      of.rows,
      of.labelled,
      of.columns,
      of.categories,
      100 * of.missing,
      of.classes,
      of.largest === undefined ? undefined : 100 * of.largest,
      of.score,
      of.unlearnable ? 'no: shuffled' : 'yes',
    ]),
  );
}

function summary(all: readonly TableStatistics[]): string {
  const filtered = all.filter(({ unlearnable }) => !unlearnable);
  const tries = filtered.reduce((sum, of) => sum + of.tries, 0);
  const rejected = tries === 0 ? 0 : (100 * (tries - filtered.length)) / tries;
  return (
    'Quick score: 1 − squared error ÷ that of the constant, on rows beside the table. Of the tables that were to be learnable\n' +
    `${formatNumber(rejected, 2)} % were rejected; ${all.length - filtered.length} of ${all.length} have a shuffled target.\n`
  );
}

/** The two columns that tell most of the target; of a table with one column, that and the target. */
function panelOf(table: SyntheticTable, of: TableStatistics, number: number, stream: Random): SheetPanel {
  const { rows, labelled, columns, target } = table;
  const information = informationOf(table);
  const order = Array.from(information.keys()).sort((a, b) => information[b]! - information[a]!);
  const [first, second] = order;
  const x = placesOf(table, first!, stream);
  const classes = target.kind === 'classes';
  const numbers = scaled(Array.from(target.values));
  const shades = classes ? target.values : ranks(target.values);
  const y =
    second !== undefined
      ? placesOf(table, second, stream)
      : numbers.map((value) => (classes ? jittered(value, of.classes!, stream) : value));
  const points = Array.from({ length: rows }, (_, i) => ({
    x: x[i]!,
    y: y[i]!,
    value: shades[i]!,
    labelled: i < labelled,
  }));
  const asked = classes ? `${of.classes} classes, largest ${Math.round(100 * of.largest!)} %` : 'a number';
  const missing = of.missing > 0 ? `, ${formatNumber(100 * of.missing, 2)} % missing` : '';
  return {
    title: `${number} ${of.generator}, ${rows} × ${columns}`,
    lines: [
      `${labelled} labelled: ${asked}`,
      `score ${formatNumber(of.score, 2)}${of.unlearnable ? ', shuffled' : ''}; categories: ${of.categories}${missing}`,
    ],
    across: nameOf(table, first!),
    up: second === undefined ? 'target' : nameOf(table, second),
    points,
    classes,
  };
}

function nameOf({ kinds }: SyntheticTable, c: number): string {
  const kind = kinds[c]!;
  return kind.kind === 'category' ? `x${c + 1}: ${kind.levels} levels` : `x${c + 1}`;
}

/** Numbers with fewer different values than this are spread a little, as categories are. */
const FEW = 12;

/** Where a column's cells lie between its least and greatest value, from 0 to 1, so that equal ones do not hide each other. */
function placesOf(table: SyntheticTable, c: number, stream: Random): (number | null)[] {
  const { values, levels } = columnOf(table, c);
  const few = levels === 0 && new Set(values).size < FEW;
  return scaled(Array.from(values)).map((place) => {
    if (Number.isNaN(place)) return null;
    if (levels > 0) return jittered(place, levels, stream);
    return few ? place + 0.05 * (stream.uniform() - 0.5) : place;
  });
}

/** The place of each value among all, from 0 to 1; equal values have the same. */
function ranks(values: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(values).sort();
  const first = new Map<number, number>();
  for (const [i, value] of sorted.entries()) if (!first.has(value)) first.set(value, i / sorted.length);
  return Array.from(values, (value) => first.get(value)!);
}

function scaled(values: readonly number[]): number[] {
  const present = values.filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...present), Math.max(...present)];
  return values.map((value) => (high > low ? (value - low) / (high - low) : value - low + 0.5));
}

/** A code's place, moved within the width of its level. */
function jittered(place: number, levels: number, stream: Random): number {
  const width = 1 / levels;
  return width / 2 + place * (1 - width) + 0.6 * width * (stream.uniform() - 0.5);
}
