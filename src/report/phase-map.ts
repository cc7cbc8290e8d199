import * as Plot from '@observablehq/plot';
import { missing } from '../core/errors.js';
import { wrapText } from './labels.js';
import { learnerLabel, learnerStyles } from './styles.js';
import { finish, pen } from './svg.js';
import { formatNumber } from './table.js';
import { INK, MUTED, STYLE, withoutLabels } from './theme.js';

/** What a map shows of one model. */
export interface MapCell {
  readonly layers: number;
  readonly width: number;
  readonly noise: number;
  readonly steps: number;
  readonly verdict: {
    readonly nearest: string;
    readonly distance: { readonly value: number };
    readonly indistinguishable: readonly string[];
  };
}

export interface PhaseMapOptions {
  /** Where elements are made: a browser's document, or `emptyDocument()`. */
  readonly document: Document;
  readonly version: string;
  readonly seed: number;
  readonly spec: string;
  /** d */
  readonly inputs: number;
  /** Width in pixels. Default 760. */
  readonly width?: number;
}

const [LEFT, TOP, ROW] = [64, 84, 46];

/**
 * Which algorithm is found at which size, as one self-contained SVG: layers upwards, width to the right, a panel for each
 * noise (across) and budget of training (down). The colour is that of the nearest textbook learner, paler the farther it is;
 * the number is SPD ÷ d to it; `?` where another one cannot be told from it.
 * @throws IcicleError where there is nothing to draw
 */
export function phaseMap(cells: readonly MapCell[], options: PhaseMapOptions): string {
  if (cells.length === 0) throw missing('phases', 'a map needs at least one model');
  const { document, width = 760 } = options;
  const distinct = (of: (cell: MapCell) => number) => [...new Set(cells.map(of))].sort((a, b) => a - b);
  const [layers, widths] = [distinct((cell) => cell.layers), distinct((cell) => cell.width)];
  const [noises, budgets] = [distinct(({ noise }) => noise), distinct(({ steps }) => steps)];
  const nearest = [...new Set(cells.map(({ verdict }) => verdict.nearest))].sort();
  const styles = learnerStyles(nearest);
  const colorOf = (cell: MapCell) => styles.get(cell.verdict.nearest)!.color;
  const panel = layers.length * ROW;
  const height = TOP + budgets.length * (panel + 26) + 30;

  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: TOP,
    marginLeft: LEFT,
    marginRight: budgets.length > 1 ? 92 : 16,
    marginBottom: 44,
    style: STYLE,
    x: { domain: widths, label: null, tickSize: 0, padding: 0.04 },
    y: { domain: layers.toReversed(), label: null, tickSize: 0, padding: 0.04 },
    fx: { domain: noises, axis: null, padding: 0.05 },
    fy: { domain: budgets, axis: null, padding: 0.08 },
    marks: [
      Plot.cell(cells, {
        x: 'width',
        y: 'layers',
        fx: 'noise',
        fy: 'steps',
        fill: colorOf,
        fillOpacity: ({ verdict }: MapCell) => shade(verdict.distance.value),
      }),
      Plot.text(cells, {
        x: 'width',
        y: 'layers',
        fx: 'noise',
        fy: 'steps',
        text: ({ verdict }: MapCell) =>
          `${shortLabel(verdict.nearest)}${verdict.indistinguishable.length > 0 ? ' ?' : ''}\n${formatNumber(verdict.distance.value, 2)}`,
        fill: INK,
        lineHeight: 1.25,
      }),
    ],
  }) as unknown as SVGSVGElement & Pick<Plot.Plot, 'scale'>;
  withoutLabels(plot);

  const draw = pen(document, plot);
  const [fx, fy] = [plot.scale('fx')!, plot.scale('fy')!];
  const title = `Which algorithm is found at which size: ${options.inputs} inputs`;
  draw('text', { x: 16, y: 24, 'font-size': 15, 'font-weight': 600, fill: INK }, title);
  draw(
    'text',
    { x: 16, y: 46, 'font-size': 12, fill: MUTED },
    '↑ layers, → width; nearest textbook learner and SPD ÷ d to it',
  );
  for (const noise of noises)
    draw(
      'text',
      {
        x: (fx.apply(noise) as number) + fx.bandwidth! / 2,
        y: TOP - 12,
        'font-size': 12,
        fill: INK,
        'text-anchor': 'middle',
      },
      `noise σ = ${noise}`,
    );
  if (budgets.length > 1)
    for (const steps of budgets)
      draw(
        'text',
        {
          x: width - 86,
          y: (fy.apply(steps) as number) + fy.bandwidth! / 2,
          dy: '0.33em',
          'font-size': 12,
          fill: INK,
        },
        `${steps} steps`,
      );
  const caption = captionOf(cells, nearest);
  let y = height + 12;
  for (const line of wrapText(caption, Math.floor((width - 32) / 7))) {
    draw('text', { x: 16, y, 'font-size': 13, fill: INK }, line);
    y += 18;
  }
  const foot = `icicle ${options.version} · seed ${options.seed} · spec ${options.spec} · ? : another learner cannot be told from it`;
  draw('text', { x: 16, y: y + 6, 'font-size': 11, fill: MUTED }, foot);
  return finish(document, plot, width, y + 20, title, caption);
}

/** Full colour for a distance of 0.001 ÷ d or less, pale from 0.3 on. */
function shade(distance: number): number {
  const decades = Math.log10(Math.max(1e-3, Math.min(0.3, distance)) / 1e-3) / Math.log10(300);
  return 0.5 - 0.4 * decades;
}

/** Short enough for a cell. */
const shortLabel = (name: string) =>
  name.startsWith('ols') ? 'OLS' : name.startsWith('bayes') ? 'Bayes' : name;

function captionOf(cells: readonly MapCell[], nearest: readonly string[]): string {
  const counts = nearest
    .map((name) => ({ name, count: cells.filter(({ verdict }) => verdict.nearest === name).length }))
    .sort((a, b) => b.count - a.count)
    .map(({ name, count }) => `${learnerLabel(name)} (${count})`);
  const [best] = [...cells].sort((a, b) => a.verdict.distance.value - b.verdict.distance.value);
  return (
    `Nearest learners of ${cells.length} models: ${counts.join(', ')}. The closest match has ${best!.layers} layers and width ` +
    `${best!.width}: SPD ÷ d ${formatNumber(best!.verdict.distance.value)} to ${learnerLabel(best!.verdict.nearest)}.`
  );
}
