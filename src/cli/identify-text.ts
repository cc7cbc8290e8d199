import type { Measurement } from '../core/measurement.js';
import type { Verdict } from '../measure/index.js';
import { type Column, formatInterval, formatNumber, formatTable } from '../report/table.js';
import type { Diversity } from '../runs/diversity.js';
import { FITS, type Identification } from '../runs/identify.js';
import { modelText } from './predict-text.js';
import type { FrozenModel } from './world.js';

/** An identification as text: the verdict in a sentence, by number of examples, all distances, the best matches. */
export function identifyText(
  found: Identification,
  model: FrozenModel | undefined,
  recall?: Diversity,
): string {
  const { spec, hash } = found;
  const overall = found.verdicts.find((verdict) => verdict.overall)!;
  const over = examplesOf(found.rows);
  return [
    sentence(spec.learner, overall, over),
    byExamples(found.verdicts.filter(({ overall: range, examples }) => !range && examples > 0)),
    `Mean ${over}:\n\n${distances(found.rows)}`,
    `Best match of a learner with one parameter, ${over}:\n\n${fits(found.rows)}`,
    ...(recall === undefined ? [] : [recallSentence(recall)]),
    model === undefined ? `Seed ${spec.seed}, spec ${hash}.\n` : modelText(model, hash, spec.seed),
  ].join('\n');
}

/** Which numbers of examples the means are over, in words. */
function examplesOf(rows: readonly Measurement[]): string {
  const [, from, to] = /@(\d+)-(\d+)$/.exec(rows.find(({ metric }) => metric.includes('@'))!.metric)!;
  return from === to ? `with ${to} ${to === '1' ? 'example' : 'examples'}` : `over ${from}…${to} examples`;
}

function sentence(learner: string, verdict: Verdict, over: string): string {
  const { nearest, distance } = verdict;
  const what = `${formatNumber(distance.value)} (${formatInterval(distance)})`;
  return `${over[0]!.toUpperCase()}${over.slice(1)} ${learner} predicts most like ${nearest}: SPD ÷ d is ${what}. ${confidence(verdict)}\n`;
}

/** How sure it is that the nearest is what the learner is, in sentences. */
export function confidence({ nearest, share, margin, indistinguishable, mixture }: Verdict): string {
  return [
    indistinguishable.length > 0
      ? `It cannot be told from ${indistinguishable.join(', ')} with so many episodes.`
      : `The next one is ${formatNumber(margin.value)} (${formatInterval(margin)}) farther.`,
    `It is the nearest in ${Math.round(100 * share)} % of the episodes.`,
    ...(mixture === undefined
      ? []
      : [
          `A mixture of ${nearest} with ${formatNumber(mixture.weight.value, 2)} (${formatInterval(mixture.weight, 2)}) of ` +
            `${mixture.of} is nearer: ${formatNumber(mixture.distance.value)} (${formatInterval(mixture.distance)}).`,
        ]),
  ].join(' ');
}

/** Whether a model that was trained on a pool learns new tasks or recalls those of the pool, with the numbers. */
function recallSentence({ pool, rows, verdict }: Diversity): string {
  const of = (kind: string, reference: string) =>
    rows.find((row) => row.family === 'new' && row.reference === reference && row.metric.startsWith(kind))!;
  const [dmmse, ridge, margin] = [of('spd/d', 'dmmse'), of('spd/d', 'ridge'), of('margin/d', 'dmmse')];
  const what = verdict === 'in between' ? 'It is in between learning and recalling' : `It ${verdict}`;
  return (
    `${what}: trained on a pool of ${pool} tasks, on new ones it is ${formatNumber(dmmse.value)} (SPD ÷ d) from the posterior mean ` +
    `over the pool (dMMSE) and ${formatNumber(ridge.value)} from ridge; the difference is ${formatNumber(margin.value)} ` +
    `(${formatInterval(margin)}).\n`
  );
}

function byExamples(verdicts: readonly Verdict[]): string {
  const columns: Column[] = [
    { header: 'examples', kind: 'count' },
    { header: 'nearest' },
    { header: 'SPD ÷ d', kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    { header: 'next one farther by', kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    { header: 'not told from' },
  ];
  return formatTable(
    columns,
    verdicts.map(({ examples, nearest, distance, margin, indistinguishable }) => [
      examples,
      nearest,
      distance.value,
      distance,
      margin.value,
      margin,
      indistinguishable.join(', '),
    ]),
  );
}

function distances(rows: readonly Measurement[]): string {
  const of = (kind: string) => rows.filter(({ metric }) => metric.startsWith(`${kind}/d@`));
  const margins = new Map(of('margin').map((row) => [row.reference, row]));
  const medians = new Map(of('median-spd').map((row) => [row.reference, row.value]));
  const shares = new Map(
    rows
      .filter(({ metric }) => metric.startsWith('nearest-share@'))
      .map((row) => [row.reference, 100 * row.value]),
  );
  const table = of('spd')
    .sort((a, b) => a.value - b.value)
    .map((row) => [
      row.reference,
      row.value,
      row,
      medians.get(row.reference),
      margins.get(row.reference)?.value,
      margins.get(row.reference),
      shares.get(row.reference),
    ]);
  return formatTable(
    [
      { header: 'candidate' },
      { header: 'SPD ÷ d', kind: 'number' },
      { header: '90 % interval', kind: 'number' },
      { header: 'median', kind: 'number' },
      { header: 'farther than the nearest by', kind: 'number' },
      { header: '90 % interval', kind: 'number' },
      { header: 'nearest in', unit: '% of episodes', kind: 'count' },
    ],
    table,
  );
}

const NAMES: Readonly<Record<string, string>> = {
  'best-ridge-λ': 'λ of ridge',
  'best-gd-steps': 'gradient steps',
  'best-newton-steps': 'Newton steps',
};
const FITTED = Object.fromEntries(
  FITS.map(({ metric, grid }) => [metric, { name: NAMES[metric]!, ends: [grid[0]!, grid.at(-1)!] }]),
);

function fits(rows: readonly Measurement[]): string {
  const found = rows.filter(({ metric }) => metric.startsWith('best-'));
  return formatTable(
    [
      { header: 'parameter' },
      { header: 'best', kind: 'number' },
      { header: '90 % interval', kind: 'number' },
    ],
    found.map((row) => {
      const { name, ends } = FITTED[row.metric.split('@')[0]!]!;
      const edge = ends.includes(row.value) ? (row.value === ends[0] ? ' (or less)' : ' (or more)') : '';
      return [`${name}${edge}`, row.value, row];
    }),
  );
}
