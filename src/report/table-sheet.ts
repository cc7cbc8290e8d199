import * as Plot from '@observablehq/plot';
import { missing } from '../core/errors.js';
import { wrapText } from './labels.js';
import { finish, pen } from './svg.js';
import { INK, MUTED, STYLE, withoutLabels } from './theme.js';

/** One table on a sheet: two of its columns, and what is asked of each row. */
export interface SheetPanel {
  readonly title: string;
  /** Lines below the title. */
  readonly lines: readonly string[];
  /** What is drawn to the right, and upwards. */
  readonly across: string;
  readonly up: string;
  readonly points: readonly SheetPoint[];
  /** Whether values are classes 0, 1, …, or places on a scale from 0 to 1. */
  readonly classes: boolean;
}

export interface SheetPoint {
  /** From 0 to 1; null where the cell is missing. */
  readonly x: number | null;
  readonly y: number | null;
  readonly value: number;
  readonly labelled: boolean;
}

export interface SheetOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  readonly title: string;
  readonly caption: string;
  /** Where the sheet comes from, such as version, seed and spec. */
  readonly foot: string;
  /** Panels in a row. Default 4. */
  readonly across?: number;
  /** Width in pixels. Default 1000. */
  readonly width?: number;
}

/** Heights: of the sheet's title, of the texts above a panel, of a panel, of the text below it. */
const [TOP, HEAD, PANEL, FOOT] = [40, 60, 170, 26];
const SIDE = 16;
const GAP = 18;
/** Where points with a missing cell lie, beside the others. */
const ASIDE = -0.1;

interface Dot {
  readonly cx: number;
  readonly cy: number;
  readonly color: string;
  readonly labelled: boolean;
}

/**
 * A sheet of small scatter plots as one self-contained SVG: each shows two columns of a table, coloured by the rows' classes or
 * shaded by their numbers; labelled rows are filled, asked ones are rings, and a row with a missing cell lies beside its axis.
 * @throws IcicleError where there is nothing to draw
 */
export function tableSheet(panels: readonly SheetPanel[], options: SheetOptions): string {
  if (panels.length === 0) throw missing('tables', 'a sheet needs at least one');
  const { document, title, caption, foot, across = 4, width = 1000 } = options;
  const side = (width - 2 * SIDE - (across - 1) * GAP) / across;
  const rows = Math.ceil(panels.length / across);
  const whole = HEAD + PANEL + FOOT;
  const height = TOP + rows * whole;
  const colors = colorsOf();
  const place = (value: number) => (value - ASIDE + 0.06) / (1 - ASIDE + 0.12);
  const corner = (p: number) => ({
    left: SIDE + (p % across) * (side + GAP),
    top: TOP + Math.floor(p / across) * whole + HEAD,
  });
  const dots = panels.flatMap(({ points, classes }, p): Dot[] => {
    const { left, top } = corner(p);
    return points.map(({ x, y, value, labelled }) => ({
      cx: left + side * place(x ?? ASIDE),
      cy: top + PANEL * (1 - place(y ?? ASIDE)),
      color: classes ? colors.class(value) : colors.number(value),
      labelled,
    }));
  });
  // Positions are pixels already, since every panel has its own two scales.
  const plot = Plot.plot({
    document,
    width,
    height,
    margin: 0,
    style: STYLE,
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      Plot.dot(
        dots.filter(({ labelled }) => !labelled),
        { x: 'cx', y: 'cy', stroke: 'color', strokeWidth: 1.1, r: 2.2, fill: 'none' },
      ),
      Plot.dot(
        dots.filter(({ labelled }) => labelled),
        { x: 'cx', y: 'cy', fill: 'color', r: 2.8, stroke: '#ffffff', strokeWidth: 0.4 },
      ),
    ],
  }) as unknown as SVGSVGElement;
  withoutLabels(plot);

  const draw = pen(document, plot);
  draw('text', { x: SIDE, y: 24, 'font-size': 15, 'font-weight': 600, fill: INK }, title);
  for (const [p, panel] of panels.entries()) {
    const { left, top } = corner(p);
    const frame = { x: left, y: top, width: side, height: PANEL, fill: 'none', stroke: INK };
    draw('rect', { ...frame, 'stroke-opacity': 0.25 });
    // What lies beside the axes is set apart where there is something.
    const [x0, y0] = [left + side * place(ASIDE / 2), top + PANEL * (1 - place(ASIDE / 2))];
    const apart = { stroke: INK, 'stroke-opacity': 0.25, 'stroke-dasharray': '2 3' };
    if (panel.points.some(({ x }) => x === null))
      draw('line', { x1: x0, x2: x0, y1: top, y2: top + PANEL, ...apart });
    if (panel.points.some(({ y }) => y === null))
      draw('line', { x1: left, x2: left + side, y1: y0, y2: y0, ...apart });
    const line = top - HEAD + 16;
    draw('text', { x: left, y: line, 'font-size': 12, 'font-weight': 600, fill: INK }, panel.title);
    for (const [i, text] of panel.lines.entries())
      draw('text', { x: left, y: line + 15 * (i + 1), 'font-size': 11, fill: MUTED }, text);
    const axes = `→ ${panel.across}, ↑ ${panel.up}`;
    draw('text', { x: left, y: top + PANEL + 14, 'font-size': 11, fill: MUTED }, axes);
  }
  let y = height + 16;
  for (const line of wrapText(caption, Math.floor((width - 2 * SIDE) / 7))) {
    draw('text', { x: SIDE, y, 'font-size': 13, fill: INK }, line);
    y += 18;
  }
  draw('text', { x: SIDE, y: y + 6, 'font-size': 11, fill: MUTED }, foot);
  return finish(document, plot, width, y + 20, title, caption);
}

/** Colours of ten classes, after which they come again, and of numbers from 0 to 1. */
function colorsOf() {
  const classes = Array.from({ length: 10 }, (_, i) => i);
  const ordinal = Plot.scale({ color: { type: 'categorical', scheme: 'observable10', domain: classes } })!;
  const linear = Plot.scale({ color: { type: 'linear', scheme: 'viridis', domain: [0, 1] } })!;
  return {
    class: (value: number) => ordinal.apply(value % 10) as string,
    number: (value: number) => linear.apply(0.95 * value) as string,
  };
}
