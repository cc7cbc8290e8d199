import * as Plot from '@observablehq/plot';
import { missing } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { axisNumber } from './axis.js';
import { wrapText } from './labels.js';
import { learnerLabel, learnerStyles } from './styles.js';
import { finish, pen } from './svg.js';
import { formatNumber } from './table.js';
import { INK, MUTED, STYLE, withoutLabels } from './theme.js';

export interface ShiftsFigureOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  /** Version of the program, for the foot. */
  readonly version: string;
  /** Default: `error/variance`. */
  readonly metric?: string;
  readonly title?: string;
  /** Width in pixels. Default 760. */
  readonly width?: number;
}

const ROW = 30;
const TOP = 78;
const LEFT = 158;
/** Ends of the axis at most: what lies beyond is drawn there. */
const [LEAST, MOST] = [1e-5, 10];

/**
 * Errors under distribution shifts as one self-contained SVG: a row for each shift (`family`), a panel for each number of
 * examples, a dot for each learner on a logarithmic axis with its 90 % interval.
 * @throws IcicleError where no row has the metric
 */
export function shiftsFigure(all: readonly Measurement[], options: ShiftsFigureOptions): string {
  const { document, version, metric = 'error/variance', width = 760 } = options;
  const rows = all.filter((row) => row.metric === metric);
  if (rows.length === 0) throw missing('rows', `none has metric "${metric}"`);
  const shifts = [...new Set(rows.map(({ family }) => family))];
  const examples = [...new Set(rows.map((row) => row.examples))].sort((a, b) => a - b);
  const learners = [...new Set(rows.map(({ learner }) => learner))];
  const styles = learnerStyles(learners);
  const clamp = (value: number) => Math.max(LEAST, value);
  const floor = 10 ** Math.floor(Math.log10(Math.min(...rows.map(({ value }) => clamp(value)))));
  const top = Math.min(MOST, 10 ** Math.ceil(Math.log10(Math.max(1.5, ...rows.map(({ value }) => value)))));
  const inside = (value: number) => Math.min(top, Math.max(floor, value));
  const height = TOP + shifts.length * ROW + 30;
  const grid = decades(floor, top);
  const ticks = grid.filter((tick) => Math.round(Math.log10(tick)) % 2 === 0); // Every second one, 1 among them.
  // Learners of a row stand a little apart, in order.
  const offset = (learner: string) =>
    (learners.indexOf(learner) - (learners.length - 1) / 2) * (ROW / (learners.length + 2));

  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: TOP,
    marginLeft: LEFT,
    marginRight: 14,
    marginBottom: 30,
    style: STYLE,
    x: { type: 'log', domain: [floor, top], label: null, axis: null },
    y: { domain: shifts, label: null, axis: null, padding: 0 },
    fx: { domain: examples, label: null, axis: null, padding: 0.06 },
    marks: [
      Plot.gridX(grid, { stroke: INK, strokeOpacity: 0.12 }),
      Plot.axisX(ticks, { text: axisNumber, tickSize: 0, label: null, anchor: 'bottom' }),
      Plot.ruleX([1], { stroke: INK, strokeOpacity: 0.5, strokeDasharray: '3 3' }),
      learners.flatMap((learner) => {
        const own = rows.filter((row) => row.learner === learner);
        const { color } = styles.get(learner)!;
        const place = { fx: 'examples', y: 'family', dy: offset(learner) };
        return [
          Plot.ruleY(own, {
            ...place,
            x1: (row: Measurement) => inside(row.low),
            x2: (row: Measurement) => inside(row.high),
            stroke: color,
            strokeWidth: 1.4,
          }),
          Plot.dot(own, { ...place, x: (row: Measurement) => inside(row.value), fill: color, r: 3 }),
        ];
      }),
    ],
  }) as unknown as SVGSVGElement & Pick<Plot.Plot, 'scale'>;
  withoutLabels(plot);

  const draw = pen(document, plot);
  const [y, fx] = [plot.scale('y')!, plot.scale('fx')!];
  const title = options.title ?? `Error under distribution shifts`;
  draw('text', { x: 16, y: 24, 'font-size': 15, 'font-weight': 600, fill: INK }, title);
  for (const n of examples)
    draw(
      'text',
      {
        x: (fx.apply(n) as number) + fx.bandwidth! / 2,
        y: 66,
        'font-size': 12,
        fill: MUTED,
        'text-anchor': 'middle',
      },
      `${n} examples`,
    );
  for (const shift of shifts)
    draw(
      'text',
      {
        x: LEFT - 8,
        y: (y.apply(shift) as number) + y.bandwidth! / 2,
        dy: '0.33em',
        'font-size': 12,
        fill: INK,
        'text-anchor': 'end',
      },
      shift,
    );
  let x = 16;
  for (const learner of learners) {
    const { color } = styles.get(learner)!;
    const label = learnerLabel(learner);
    draw('circle', { cx: x + 4, cy: 40, r: 4, fill: color });
    draw('text', { x: x + 12, y: 44, 'font-size': 12, fill: color }, label);
    x += 30 + 6.6 * label.length;
  }
  const caption = captionOf(rows, learners[0]!);
  let at = height + 14;
  for (const line of wrapText(caption, Math.floor((width - 32) / 7))) {
    draw('text', { x: 16, y: at, 'font-size': 13, fill: INK }, line);
    at += 18;
  }
  const [{ seed, spec, episodes }] = rows as [Measurement];
  const foot = `icicle ${version} · seed ${seed} · spec ${spec} · ${episodes} episodes · lines: 90 % interval · dashed: predicting 0`;
  draw('text', { x: 16, y: at + 6, 'font-size': 11, fill: MUTED }, foot);
  return finish(document, plot, width, at + 20, title, caption);
}

/** Powers of ten from one to the other. */
function decades(floor: number, top: number): number[] {
  const [from, to] = [Math.round(Math.log10(floor)), Math.round(Math.log10(top))];
  return Array.from({ length: to - from + 1 }, (_, i) => Number(`1e${from + i}`));
}

/** Where the first learner is best and worst, at the largest number of examples. */
function captionOf(rows: readonly Measurement[], learner: string): string {
  const last = Math.max(...rows.map(({ examples }) => examples));
  const own = rows
    .filter((row) => row.learner === learner && row.examples === last)
    .sort((a, b) => a.value - b.value);
  const [best, worst] = [own[0], own.at(-1)];
  if (best === undefined || worst === undefined) return 'Mean squared error ÷ variance of the labels.';
  return (
    `Mean squared error ÷ variance of the labels. With ${last} examples ${learnerLabel(learner)} is best under “${best.family}” ` +
    `(${formatNumber(best.value)}) and worst under “${worst.family}” (${formatNumber(worst.value)}).`
  );
}
