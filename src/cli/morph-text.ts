import { nearestAlong, stretchesInWords, type Walk, type WalkRow } from '../measure/index.js';
import type { Model } from '../model/model.js';
import { type Column, formatCount, formatNumber, formatTable } from '../report/table.js';
import type { Morph } from '../runs/morph.js';

/** A walk as tables: errors and distances by t, then errors by t and number of examples. */
export function morphText(found: Morph, a: Model, b: Model): string {
  const { spec, hash, aligned } = found;
  const walks: Walk[] = aligned === undefined ? ['predictions'] : ['weights', 'predictions'];
  return [
    ends(a, b),
    alignment(aligned),
    ...walks.map((walk) => `${HEADINGS[walk]}\n\n${byReference(found, walk)}\n${nearest(found, walk)}`),
    ...walks.map(
      (walk) => `Squared error by number of examples, ${walk} mixed\n\n${byExamples(found, walk)}`,
    ),
    `${formatCount(spec.episodes)} episodes, seed ${spec.seed}, spec ${hash}.\n`,
  ].join('\n');
}

const ends = (a: Model, b: Model): string =>
  [a, b]
    .map(
      ({ name, provenance, hash }, i) =>
        `${'ab'[i]}: ${name}, ${provenance.kind}, SHA-256 ${hash.slice(0, 16)}…\n`,
    )
    .join('');

function alignment(aligned: Morph['aligned']): string {
  if (aligned === undefined)
    return 'Their configs differ, so that weights cannot be mixed: predictions alone are.\n';
  const { moved, of, before, after } = aligned;
  const distance = `The distance of all weights is ${formatNumber(after)}`;
  if (moved.heads + moved.units === 0)
    return `Heads and hidden units of b stand where they match those of a best. ${distance}.\n`;
  const units =
    of.units === 0 ? '' : ` and ${formatCount(moved.units)} of ${formatCount(of.units)} hidden units`;
  return (
    `To match a, ${formatCount(moved.heads)} of ${formatCount(of.heads)} heads${units} of b were put elsewhere within their layers. ` +
    `${distance}, ${formatNumber(before)} before.\n`
  );
}

function nearest({ rows }: Morph, walk: Walk): string {
  const stretches = nearestAlong(rows, walk);
  return stretches.length === 0 ? '' : `The nearest textbook learner is ${stretchesInWords(stretches)}.\n`;
}

const HEADINGS: Readonly<Record<Walk, string>> = {
  weights: 'Weights mixed, (1 − t) a + t b: squared error, and squared prediction difference ÷ d',
  predictions: 'Predictions mixed, (1 − t) a + t b: squared error, and squared prediction difference ÷ d',
};

function byReference({ rows, references }: Morph, walk: Walk): string {
  const own = rows.filter((row) => row.walk === walk && row.metric.includes('@'));
  const range = /@(\d+)-(\d+)$/.exec(own[0]!.metric)!;
  const columns: Column[] = [
    { header: 't' },
    { header: `error, ${range[1]}…${range[2]} examples`, kind: 'number' },
    { header: '90 % interval', kind: 'number' },
    ...references.map((name) => ({ header: `to ${name}`, kind: 'number' as const })),
  ];
  const table = times(own).map((t) => {
    const here = own.filter((row) => row.t === t);
    const error = here.find(({ reference }) => reference === undefined)!;
    return [
      t.toFixed(1),
      error.value,
      error,
      ...references.map((name) => here.find(({ reference }) => reference === name)!.value),
    ];
  });
  return formatTable(columns, table);
}

/** Numbers of examples that fit a line, the first and the last among them. */
const COLUMNS = 9;

function byExamples({ rows }: Morph, walk: Walk): string {
  const own = rows.filter((row) => row.walk === walk && row.metric === 'squared-error');
  const last = Math.max(...own.map(({ examples }) => examples));
  const count = Math.min(COLUMNS, last + 1);
  const shown = Array.from({ length: count }, (_, i) => Math.round((i * last) / (count - 1)));
  return formatTable(
    [{ header: 't' }, ...shown.map((n) => ({ header: String(n), kind: 'number' as const }))],
    times(own).map((t) => [
      t.toFixed(1),
      ...shown.map((n) => own.find((row) => row.t === t && row.examples === n)!.value),
    ]),
  );
}

const times = (rows: readonly WalkRow[]): number[] => [...new Set(rows.map(({ t }) => t))];
