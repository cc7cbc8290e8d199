import * as Plot from '@observablehq/plot';
import { missing } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { axisNumber, logTicks } from './axis.js';
import { spreadApart, wrapText } from './labels.js';
import { finish, pen } from './svg.js';
import { INK, MUTED, STYLE, withoutLabels } from './theme.js';

/** What is drawn of one model. */
export interface DiversityPoint {
  /** M, tasks in the pool. */
  readonly pool: number;
  readonly rows: readonly Measurement[];
  readonly verdict: string;
}

export interface DiversityFigureOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  readonly version: string;
  readonly seed: number;
  readonly spec: string;
  /** Where it turns from recalling to learning, see `turningPoint`. */
  readonly turn?: readonly [last: number, first: number] | undefined;
  /** Width in pixels. Default 760. */
  readonly width?: number;
}

const LINES = [
  { family: 'new', reference: 'dmmse', label: 'new tasks, to dMMSE', color: '#c04a00', dash: undefined },
  { family: 'new', reference: 'ridge', label: 'new tasks, to ridge', color: '#007a5a', dash: undefined },
  { family: 'pool', reference: 'dmmse', label: 'pool tasks, to dMMSE', color: '#c04a00', dash: '5 3' },
  { family: 'pool', reference: 'ridge', label: 'pool tasks, to ridge', color: '#007a5a', dash: '5 3' },
] as const;

/**
 * Distances of models to dMMSE and to ridge by the number of tasks that they were trained on, as one self-contained SVG:
 * solid on new tasks, dashed on tasks of the pool; the turn from recalling to learning is shaded.
 * @throws IcicleError where there is nothing to draw
 */
export function diversityFigure(found: readonly DiversityPoint[], options: DiversityFigureOptions): string {
  if (found.length === 0) throw missing('models', 'a figure needs at least one');
  const { document, width = 760, turn } = options;
  const points = found
    .flatMap(({ pool, rows }) =>
      rows.filter(({ metric }) => metric.startsWith('spd/d')).map((row) => ({ ...row, pool })),
    )
    .sort((a, b) => a.pool - b.pool);
  const positive = points.map(({ value }) => value).filter((value) => value > 0);
  const floor = 10 ** Math.floor(Math.log10(Math.min(...positive)));
  const top = 10 ** Math.ceil(Math.log10(Math.max(...positive)));
  const inside = (value: number) => Math.min(top, Math.max(floor, value));
  const pools = [...new Set(points.map(({ pool }) => pool))];
  const [first, last] = [pools[0]!, pools.at(-1)!];
  const frame = { width, height: 400, marginTop: 62, marginLeft: 62, marginBottom: 46, marginRight: 178 };
  const ticks = logTicks(floor, top).filter((tick) => /^1(e|0*$)/.test(String(tick)) || tick < 1);
  const plot = Plot.plot({
    document,
    ...frame,
    style: STYLE,
    x: { type: 'log', base: 2, domain: [first, Math.max(last, first + 1)], label: null, axis: null },
    y: { type: 'log', domain: [floor, top], label: null, axis: null },
    marks: [
      ...(turn === undefined
        ? []
        : [Plot.rect([turn], { x1: '0', x2: '1', y1: floor, y2: top, fill: INK, fillOpacity: 0.08 })]),
      Plot.axisX(pools, { text: (pool: number) => powerOfTwo(pool), tickSize: 4, label: null }),
      Plot.axisY(ticks, { text: axisNumber, tickSize: 0, label: null }),
      Plot.gridY(ticks, { stroke: INK, strokeOpacity: 0.12 }),
      LINES.flatMap(({ family, reference, color, dash }) => {
        const own = points.filter((row) => row.family === family && row.reference === reference);
        return [
          Plot.areaY(own, {
            x: 'pool',
            y1: (row: Measurement) => inside(row.low),
            y2: (row: Measurement) => inside(row.high),
            fill: color,
            fillOpacity: 0.12,
          }),
          Plot.lineY(own, {
            x: 'pool',
            y: (row: Measurement) => inside(row.value),
            stroke: color,
            strokeWidth: 1.8,
            ...(dash === undefined ? {} : { strokeDasharray: dash }),
          }),
          Plot.dot(own, { x: 'pool', y: (row: Measurement) => inside(row.value), fill: color, r: 2.5 }),
        ];
      }),
    ],
  }) as unknown as SVGSVGElement & Pick<Plot.Plot, 'scale'>;
  withoutLabels(plot);

  const draw = pen(document, plot);
  const y = plot.scale('y')!;
  const ends = LINES.map(({ family, reference, ...line }) => ({
    ...line,
    at: points.findLast((row) => row.family === family && row.reference === reference)!,
  }));
  const wanted = ends.map(({ at }) => y.apply(inside(at.value)) as number);
  const placed = spreadApart(wanted, 16, frame.marginTop + 4, frame.height - 8);
  ends.forEach(({ label, color }, i) => {
    draw(
      'text',
      {
        x: width - frame.marginRight + 10,
        y: placed[i]!.toFixed(1),
        dy: '0.33em',
        'font-size': 12,
        fill: color,
      },
      label,
    );
  });
  const title = 'Does it learn or recall? Distance by number of tasks in training';
  draw('text', { x: 16, y: 24, 'font-size': 15, 'font-weight': 600, fill: INK }, title);
  draw(
    'text',
    { x: 16, y: 44, 'font-size': 12, fill: MUTED },
    '↑ squared difference of predictions ÷ inputs, logarithmic',
  );
  draw(
    'text',
    {
      x: width - frame.marginRight,
      y: frame.height - 10,
      'font-size': 12,
      fill: MUTED,
      'text-anchor': 'end',
    },
    'tasks in the pool →',
  );
  const caption = captionOf(found, turn);
  let at = frame.height + 16;
  for (const line of wrapText(caption, Math.floor((width - 32) / 7))) {
    draw('text', { x: 16, y: at, 'font-size': 13, fill: INK }, line);
    at += 18;
  }
  const foot = `icicle ${options.version} · seed ${options.seed} · spec ${options.spec} · ${points[0]!.episodes} episodes · bands: 90 % interval`;
  draw('text', { x: 16, y: at + 6, 'font-size': 11, fill: MUTED }, foot);
  return finish(document, plot, width, at + 20, title, caption);
}

/** 1024 → 2¹⁰; other numbers as they are. */
export function powerOfTwo(value: number): string {
  const power = Math.log2(value);
  if (!Number.isInteger(power)) return String(value);
  return `2${[...String(power)].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]).join('')}`;
}

function captionOf(found: readonly DiversityPoint[], turn?: readonly [number, number]): string {
  if (turn !== undefined)
    return (
      `Up to ${turn[0]} tasks the model recalls: on new tasks it is nearer to the posterior mean over its pool (dMMSE). From ` +
      `${turn[1]} on it learns: it is nearer to ridge, the posterior mean over all tasks.`
    );
  const of = (verdict: string) => found.filter((point) => point.verdict === verdict).length;
  return `Of ${found.length} models ${of('recalls')} recall, ${of('learns')} learn and ${of('in between')} are in between.`;
}
