import * as Plot from '@observablehq/plot';
import { missing } from '../core/errors.js';
import type { Measurement } from '../core/measurement.js';
import { axisNumber, logTicks } from './axis.js';
import { metricLabel } from './caption.js';
import { learnerLabel } from './styles.js';
import { finish, pen } from './svg.js';
import { formatNumber } from './table.js';
import { INK, MUTED, STYLE, withoutLabels } from './theme.js';

/** What was measured at a step of training. */
export interface TrainingPoint {
  readonly step: number;
  readonly loss?: number;
  readonly rows?: readonly Measurement[];
}

export interface TrainingCurveOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  readonly title: string;
  /** Width in pixels. Default 760. */
  readonly width?: number;
}

/**
 * How training went, as one self-contained SVG: the loss (grey) and the held-out distance to the Bayes predictor, or where
 * there is none the squared error, with its 90 % band, by step on a logarithmic axis.
 * @throws IcicleError where nothing was measured
 */
export function trainingCurve(points: readonly TrainingPoint[], options: TrainingCurveOptions): string {
  const { document, title, width = 760 } = options;
  const losses = points.filter(({ loss }) => loss !== undefined && loss > 0) as {
    step: number;
    loss: number;
  }[];
  const told = points.flatMap(({ step, rows = [] }) => {
    const row =
      rows.find(({ metric }) => metric.startsWith('spd/d@')) ??
      rows.find(({ metric }) => metric.startsWith('squared-error'));
    return row === undefined || !(row.value > 0) ? [] : [{ ...row, step }];
  });
  if (losses.length + told.length === 0) throw missing('metrics', 'nothing was measured yet');
  const values = [
    ...losses.map(({ loss }) => loss),
    ...told.flatMap(({ value, low }) => [value, Math.max(low, value / 10)]),
  ];
  const floor = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const top = 10 ** Math.ceil(Math.log10(Math.max(...values)));
  const inside = (value: number) => Math.min(top, Math.max(floor, value));
  const ticks = logTicks(floor, top).filter((tick) => Number.isInteger(Number(Math.log10(tick).toFixed(9))));
  const height = 300;
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: 58,
    marginLeft: 62,
    marginRight: 20,
    marginBottom: 40,
    style: STYLE,
    x: { label: null, tickSize: 4, ticks: 6 },
    y: { type: 'log', domain: [floor, top], label: null, axis: null },
    marks: [
      Plot.axisY(ticks, { text: axisNumber, tickSize: 0, label: null }),
      Plot.gridY(ticks, { stroke: INK, strokeOpacity: 0.12 }),
      Plot.lineY(losses, {
        x: 'step',
        y: ({ loss }: { loss: number }) => inside(loss),
        stroke: '#9a9a9a',
        strokeWidth: 1,
      }),
      Plot.areaY(told, {
        x: 'step',
        y1: (row: Measurement) => inside(row.low),
        y2: (row: Measurement) => inside(row.high),
        fill: '#0067ad',
        fillOpacity: 0.15,
      }),
      Plot.lineY(told, {
        x: 'step',
        y: (row: Measurement) => inside(row.value),
        stroke: '#0067ad',
        strokeWidth: 1.8,
      }),
    ],
  }) as unknown as SVGSVGElement;
  withoutLabels(plot);
  const draw = pen(document, plot);
  draw('text', { x: 16, y: 22, 'font-size': 15, 'font-weight': 600, fill: INK }, title);
  draw('text', { x: 16, y: 42, 'font-size': 12, fill: '#777777' }, 'loss');
  const last = told.at(-1);
  const what = last === undefined ? '' : labelOf(last);
  draw('text', { x: 50, y: 42, 'font-size': 12, fill: '#0067ad' }, what);
  draw(
    'text',
    { x: width - 20, y: height - 6, 'font-size': 12, fill: MUTED, 'text-anchor': 'end' },
    'steps →',
  );
  const caption =
    last === undefined ? title : `${what}: ${formatNumber(last.value)} after ${last.step} steps.`;
  return finish(document, plot, width, height + 6, title, caption);
}

const labelOf = ({ metric, reference }: Measurement) =>
  `${metricLabel(metric)}${reference === undefined ? '' : ` to ${learnerLabel(reference)}`}`;
