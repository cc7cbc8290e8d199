import * as Plot from '@observablehq/plot';
import { missing } from '../core/errors.js';
import { nearestAlong, stretchesInWords, type WalkRow } from '../measure/index.js';
import { axisNumber, logTicks } from './axis.js';
import { spreadApart, wrapText } from './labels.js';
import { learnerLabel, learnerStyles } from './styles.js';
import { finish, pen } from './svg.js';
import { formatNumber } from './table.js';
import { INK, MUTED, STYLE, withoutLabels } from './theme.js';

export interface MorphFigureOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  readonly version: string;
  /** The models at t = 0 and t = 1. */
  readonly names: readonly [a: string, b: string];
  /** Width in pixels. Default 760. */
  readonly width?: number;
}

interface Line {
  readonly label: string;
  readonly color: string;
  readonly points: readonly WalkRow[];
}

/** Decades under the highest value that are drawn; what lies lower, such as a model's distance to itself, is left out. */
const DECADES = 4;
const PANEL = { marginLeft: 62, marginRight: 196, marginTop: 10, marginBottom: 26 };
const TOP = 58;

/**
 * Walks between two models as one self-contained SVG: squared error above, squared prediction differences to both models
 * and to textbook learners below, by t; solid where weights are mixed, dashed where predictions are.
 * @throws IcicleError where there is nothing to draw
 */
export function morphFigure(
  { rows, references }: { readonly rows: readonly WalkRow[]; readonly references: readonly string[] },
  options: MorphFigureOptions,
): string {
  const { document, version, names, width = 760 } = options;
  const means = rows.filter(({ metric }) => metric.includes('@'));
  if (means.length === 0) throw missing('rows', 'none is a mean over numbers of examples');
  const styles = learnerStyles(references.slice(2));
  const colors = [INK, '#5a5a5a', ...references.slice(2).map((name) => styles.get(name)!.color)];
  const errors = { label: 'error', color: INK, points: means.filter((row) => row.reference === undefined) };
  const distances = references.map((name, i) => ({
    label: `to ${learnerLabel(name)}`,
    color: colors[i]!,
    points: means.filter(({ reference }) => reference === name),
  }));

  const figure = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const draw = pen(document, figure);
  const title = `From ${names[0]} (a, t = 0) to ${names[1]} (b, t = 1)`;
  draw('text', { x: 16, y: 24, 'font-size': 15, 'font-weight': 600, fill: INK }, title);
  const range = /@(\d+)-(\d+)$/.exec(means[0]!.metric)!;
  const over = `mean over ${range[1]}…${range[2]} examples`;
  let y = TOP;
  for (const { lines, height, heading } of [
    { lines: [errors], height: 190, heading: `↑ squared error, ${over}, logarithmic` },
    { lines: distances, height: 300, heading: '↑ squared difference of predictions ÷ inputs, logarithmic' },
  ]) {
    draw('text', { x: 16, y: y - 6, 'font-size': 12, fill: MUTED }, heading);
    const plot = panel(document, lines, width, height);
    plot.setAttribute('y', String(y));
    figure.appendChild(plot);
    y += height + 30;
  }
  const right = width - PANEL.marginRight;
  const axis = { x: right, y: y - 16, 'font-size': 12, fill: MUTED, 'text-anchor': 'end' };
  draw('text', axis, 't: how much of b is in the mixture →');
  const both = new Set(means.map(({ walk }) => walk)).size > 1;
  const key = both ? 'solid: weights mixed · dashed: predictions mixed' : 'predictions mixed';
  draw('text', { x: width - 16, y: TOP - 6, 'font-size': 12, fill: MUTED, 'text-anchor': 'end' }, key);
  const caption = captionOf(means);
  y += 8;
  for (const line of wrapText(caption, Math.floor((width - 32) / 7))) {
    draw('text', { x: 16, y, 'font-size': 13, fill: INK }, line);
    y += 18;
  }
  const { seed, spec, episodes } = means[0]!;
  const foot = `icicle ${version} · seed ${seed} · spec ${spec} · ${episodes} episodes · bands: 90 % interval`;
  draw('text', { x: 16, y: y + 6, 'font-size': 11, fill: MUTED }, foot);
  figure.setAttribute('font-family', STYLE.fontFamily);
  return finish(document, figure, width, y + 20, title, caption);
}

/** Lines by t on a logarithmic axis, each named at its end. */
function panel(document: Document, lines: readonly Line[], width: number, height: number): Element {
  const { floor, top } = domainOf(lines);
  const inside = (value: number) => Math.min(top, Math.max(floor, value));
  const shown = (row: WalkRow) => row.value >= floor;
  const ticks = logTicks(floor, top);
  const plot = Plot.plot({
    document,
    width,
    height,
    ...PANEL,
    style: STYLE,
    x: { domain: [0, 1], label: null, ticks: 11, tickSize: 4 },
    y: { type: 'log', domain: [floor, top], label: null, axis: null },
    marks: [
      Plot.axisY(ticks, { text: axisNumber, tickSize: 0, label: null }),
      Plot.gridY(ticks, { stroke: INK, strokeOpacity: 0.12 }),
      lines.flatMap(({ points, color }) =>
        (['predictions', 'weights'] as const).flatMap((walk) => {
          const own = points.filter((row) => row.walk === walk && shown(row));
          return [
            Plot.areaY(own, {
              x: 't',
              y1: (row: WalkRow) => inside(row.low),
              y2: (row: WalkRow) => inside(row.high),
              fill: color,
              fillOpacity: 0.08,
            }),
            Plot.lineY(own, {
              x: 't',
              y: 'value',
              stroke: color,
              strokeWidth: walk === 'weights' ? 2 : 1.3,
              ...(walk === 'weights' ? {} : { strokeDasharray: '4 3' }),
            }),
          ];
        }),
      ),
    ],
  }) as unknown as SVGSVGElement & Pick<Plot.Plot, 'scale'>;
  withoutLabels(plot);
  const draw = pen(document, plot);
  const scale = plot.scale('y')!;
  // Both walks end at the same model.
  const ends = lines.map(({ points }) => points.find(({ t }) => t === 1)!);
  const wanted = ends.map(({ value }) => scale.apply(inside(value)) as number);
  const placed = spreadApart(wanted, 16, PANEL.marginTop + 4, height - PANEL.marginBottom);
  for (const [i, { label, color }] of lines.entries()) {
    const place = { x: width - PANEL.marginRight + 10, y: placed[i]!.toFixed(1), dy: '0.33em' };
    const below = ends[i]!.value < floor ? ` (${formatNumber(ends[i]!.value, 1)})` : '';
    draw('text', { ...place, 'font-size': 12, fill: color }, label + below);
  }
  return plot;
}

/** Ends of the axis: the ticks next to the least and the greatest value. */
function domainOf(lines: readonly Line[]): { floor: number; top: number } {
  const rows = lines.flatMap(({ points }) => points);
  const highest = Math.max(...rows.map(({ high }) => high));
  // Nothing is above zero where models predict the same, as both ends of a walk may.
  if (!(highest > 0)) return { floor: 1e-3, top: 1 };
  const drawn = rows.filter(({ value }) => value > highest / 10 ** DECADES);
  const lowest = Math.min(highest, ...drawn.map(({ low }) => low).filter((low) => low > 0));
  const ticks = logTicks(lowest / 10, highest * 10);
  return {
    floor: ticks.findLast((tick) => tick <= lowest) ?? lowest,
    top: ticks.find((tick) => tick >= highest) ?? highest,
  };
}

/** What becomes of the error on the way, and which textbook learner is the nearest. */
function captionOf(means: readonly WalkRow[]): string {
  const errors = means.filter(({ reference }) => reference === undefined);
  const at = (t: number) => errors.find((row) => row.t === t)!.value;
  const ends = `The squared error is ${formatNumber(at(0))} at a and ${formatNumber(at(1))} at b.`;
  const weights = errors.filter(({ walk }) => walk === 'weights');
  const walk = weights.length > 0 ? 'weights' : 'predictions';
  const stretches = nearestAlong(means, walk);
  const nearest =
    stretches.length === 0
      ? ''
      : ` The nearest textbook learner, ${walk} mixed, is ${stretchesInWords(stretches, learnerLabel)}.`;
  const way =
    weights.length === 0
      ? 'Only predictions are mixed, since the models’ configs differ.'
      : wayOfWeights(weights);
  return `${ends} ${way}${nearest}`;
}

function wayOfWeights(weights: readonly WalkRow[]): string {
  const worst = weights.reduce((most, row) => (row.value > most.value ? row : most));
  const best = weights.reduce((least, row) => (row.value < least.value ? row : least));
  const inner = ({ t }: WalkRow) => t > 0 && t < 1;
  const barrier = inner(worst)
    ? `Mixed weights pass a barrier, ${formatNumber(worst.value)} at t = ${worst.t}`
    : 'Mixed weights are nowhere worse than the worse of the two';
  const gain = inner(best) ? `, and are best, ${formatNumber(best.value)}, at t = ${best.t}` : '';
  return `${barrier}${gain}.`;
}
