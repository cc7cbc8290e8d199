import * as Plot from '@observablehq/plot';
import { missing } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { axisNumber, logDomain, logTicks, wholeTicks } from './axis.js';
import { curveCaption, metricLabel } from './caption.js';
import { spreadApart, wrapText } from './labels.js';
import { type LearnerStyle, learnerLabel, learnerStyles } from './styles.js';
import { finish, type Pen, pen } from './svg.js';
import { INK, MUTED, STYLE, withoutLabels } from './theme.js';

export interface CurvesOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  /** Version of the program, for the foot. */
  readonly version: string;
  /** Which rows are drawn. Default `squared-error`. */
  readonly metric?: string;
  /** Of which learner distances are drawn, one line for each reference. Default: the first one's. */
  readonly learner?: string;
  readonly title?: string;
  /** A theoretical curve, thin and grey. */
  readonly theory?: {
    readonly label: string;
    readonly values: readonly { examples: number; value: number }[];
  };
  /** The number of examples that the caption speaks of. Default: the middle of the axis. */
  readonly captionAt?: number;
  /** Width in pixels. Default 760. */
  readonly width?: number;
}

/**
 * Learning curves as one self-contained SVG: a measure by number of examples, from 1, on a logarithmic axis, with 90 %
 * bands, each line named at its end. Below the picture stand one sentence that says what it shows, which is also its
 * text alternative, and a foot with version, seed and spec hash.
 * @throws IcicleError where no row has the metric and at least one example.
 */
export function curves(rows: readonly Measurement[], options: CurvesOptions): string {
  const { document, metric = 'squared-error', width = 760, theory } = options;
  const drawn = selectRows(rows, metric, options.learner);
  const lines = inLines(drawn);
  const upwards = lines.toReversed(); // what the rows begin with lies on top
  const { floor, top } = logDomain(drawn, theory?.values ?? []);
  const ticks = logTicks(floor, top);
  const last = Math.max(...drawn.map((row) => row.examples));
  const at = options.captionAt ?? Math.max(1, Math.round(last / 2));
  const caption = curveCaption([...drawn, ...rows.filter((row) => row.metric !== metric)], metric, at);
  const title = options.title ?? titleOf(drawn, metric);

  const inside = (value: number) => Math.min(Math.max(value, floor), top);
  const below = (value: number) => (value < floor ? ` (below ${axisNumber(floor)})` : '');
  const ends: End[] = lines.map(({ name, points, style }) => {
    const { value, examples } = points.at(-1)!;
    return { text: learnerLabel(name) + below(value), examples, value: inside(value), color: style.color };
  });
  const theoryPoints = theory?.values.filter(({ examples }) => examples >= 1 && examples <= last) ?? [];
  const theoryEnd = theoryPoints.at(-1);
  if (theory !== undefined && theoryEnd !== undefined)
    ends.push({
      text: theory.label + below(theoryEnd.value),
      examples: theoryEnd.examples,
      value: inside(theoryEnd.value),
      color: MUTED,
    });

  const marginRight = 30 + 7 * Math.max(...ends.map(({ text }) => text.length));
  const frame = { width, height: 420, marginTop: 62, marginLeft: 62, marginBottom: 46, marginRight };
  const plot = Plot.plot({
    document,
    ...frame,
    style: STYLE,
    x: { domain: [1, Math.max(2, last)], label: null, ticks: wholeTicks(last), tickFormat: 'd', tickSize: 4 },
    y: { type: 'log', domain: [floor, top], label: null, axis: null },
    marks: [
      // Text and not tickFormat: on a logarithmic axis that leaves out every label but a few.
      Plot.axisY(ticks, { text: axisNumber, tickSize: 0, label: null }),
      Plot.gridY(ticks, { stroke: INK, strokeOpacity: 0.12 }),
      Plot.ruleY([floor], { stroke: INK, strokeOpacity: 0.6 }),
      upwards.map(({ points, style }) =>
        Plot.areaY(points, {
          x: 'examples',
          y1: (row: Measurement) => inside(row.low),
          y2: (row: Measurement) => inside(row.high),
          fill: style.color,
          fillOpacity: 0.13,
        }),
      ),
      Plot.lineY(theoryPoints, {
        x: 'examples',
        y: ({ value }: { value: number }) => inside(value),
        stroke: '#8a8a8a',
        strokeWidth: 1,
      }),
      upwards.map(({ points, style }) =>
        Plot.lineY(points, {
          x: 'examples',
          y: (row: Measurement) => inside(row.value),
          stroke: style.color,
          strokeWidth: style.width,
          strokeLinejoin: 'round',
          ...(style.dash === undefined ? {} : { strokeDasharray: style.dash }),
        }),
      ),
      upwards.map(({ points, style }) =>
        Plot.dot(points.slice(-1), {
          x: 'examples',
          y: (row: Measurement) => inside(row.value),
          fill: style.color,
          r: 1 + style.width / 2,
        }),
      ),
    ],
  }) as unknown as SVGSVGElement & Pick<Plot.Plot, 'scale'>;
  withoutLabels(plot);

  const draw = pen(document, plot);
  endLabels(draw, ends, plot, frame);
  draw('text', { x: 16, y: 24, 'font-size': 15, 'font-weight': 600, fill: INK }, title);
  draw('text', { x: 16, y: 44, 'font-size': 12, fill: MUTED }, `↑ ${metricLabel(metric)}, logarithmic`);
  const right = width - marginRight;
  draw(
    'text',
    { x: right, y: frame.height - 10, 'font-size': 12, fill: MUTED, 'text-anchor': 'end' },
    'labelled examples in the context →',
  );
  let y = frame.height + 16;
  for (const line of wrapText(caption, Math.floor((width - 32) / 7))) {
    draw('text', { x: 16, y, 'font-size': 13, fill: INK }, line);
    y += 18;
  }
  draw('text', { x: 16, y: y + 6, 'font-size': 11, fill: MUTED }, foot(drawn, options.version));
  return finish(document, plot, width, y + 20, title, caption);
}

interface Line {
  readonly name: string;
  readonly points: readonly Measurement[];
  readonly style: LearnerStyle;
}

interface End {
  readonly text: string;
  readonly examples: number;
  readonly value: number;
  readonly color: string;
}

/** The rows of a metric with at least one example; of distances to several references those of one learner. */
function selectRows(rows: readonly Measurement[], metric: string, learner?: string): Measurement[] {
  const all = rows.filter((row) => row.metric === metric && row.examples >= 1 && Number.isFinite(row.value));
  const references = new Set(all.map((row) => row.reference));
  const own = learner ?? (references.size > 1 ? all[0]?.learner : undefined);
  const selected = own === undefined ? all : all.filter((row) => row.learner === own);
  if (selected.length > 0) return selected;
  const metrics = [...new Set(rows.map((row) => row.metric))].join(', ') || 'none';
  const whose = own === undefined ? '' : ` for learner "${own}"`;
  throw missing('rows', `none has metric "${metric}"${whose} and an example. Metrics: ${metrics}`);
}

/** One line for each learner, or for each reference where one learner is compared with several. */
function inLines(rows: readonly Measurement[]): Line[] {
  const several = ofOneLearner(rows);
  const groups = new Map<string, Measurement[]>();
  for (const row of rows) {
    const name = several ? row.reference! : row.learner;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  const styles = learnerStyles([...groups.keys()]);
  return [...groups].map(([name, points]) => ({
    name,
    points: points.sort((a, b) => a.examples - b.examples),
    style: styles.get(name)!,
  }));
}

/** Whether rows are distances of one learner to others, rather than those of several to one. */
function ofOneLearner(rows: readonly Measurement[]): boolean {
  return rows[0]!.reference !== undefined && new Set(rows.map((row) => row.learner)).size === 1;
}

function titleOf(rows: readonly Measurement[], metric: string): string {
  const { learner, reference } = rows[0]!;
  const between = ofOneLearner(rows)
    ? ` between ${learnerLabel(learner)} and others`
    : ` from ${learnerLabel(reference ?? '')}`;
  const family = [...new Set(rows.map((row) => row.family))].join(', ');
  return `${capitalise(metricLabel(metric))}${reference === undefined ? '' : between}, family ${family}`;
}

/** Names at the ends of the lines, moved apart, each tied to its line by a thin stroke. */
function endLabels(
  draw: Pen,
  ends: readonly End[],
  plot: Pick<Plot.Plot, 'scale'>,
  frame: { height: number; marginTop: number; marginBottom: number },
): void {
  const x = plot.scale('x')!;
  const y = plot.scale('y')!;
  const wanted = ends.map(({ value }) => y.apply(value) as number);
  const placed = spreadApart(wanted, 16, frame.marginTop + 4, frame.height - 8);
  ends.forEach(({ text, examples, color }, i) => {
    const end = x.apply(examples) as number;
    const [from, to] = [wanted[i]!.toFixed(1), placed[i]!.toFixed(1)];
    draw('path', {
      d: `M${(end + 3).toFixed(1)},${from}L${(end + 14).toFixed(1)},${to}`,
      stroke: color,
      'stroke-width': 0.8,
      fill: 'none',
    });
    draw('text', { x: (end + 18).toFixed(1), y: to, dy: '0.33em', 'font-size': 12, fill: color }, text);
  });
}

function foot(rows: readonly Measurement[], version: string): string {
  const distinct = (of: (row: Measurement) => string | number) => [...new Set(rows.map(of))].join(', ');
  return [
    `icicle ${version}`,
    `seed ${distinct((row) => row.seed)}`,
    `spec ${distinct((row) => row.spec)}`,
    `${distinct((row) => row.episodes)} episodes`,
    'bands: 90 % interval over episodes',
  ].join(' · ');
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
