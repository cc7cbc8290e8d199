/**
 * Aligned text tables: numbers with three significant digits, aligned on the decimal point, intervals as low…high,
 * units in the header. Nothing here needs colour, and nothing that a cell holds can move the cursor.
 */

/** A number with the interval that it was measured with. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export type Cell = string | number | Interval | null | undefined;

export interface Column {
  readonly header: string;
  /** Shown in brackets behind the header: `RMSE [g]`. */
  readonly unit?: string;
  /**
   * `text` from the left; `number` with significant digits, aligned on the point (text that is a number is aligned
   * too, digit for digit as it was given); `count` a whole number with all its digits.
   */
  readonly kind?: 'text' | 'number' | 'count';
  /** Significant digits of a number; 3 if left out. */
  readonly digits?: number;
  /** Letters of a text before it is cut; 28 if left out. */
  readonly longest?: number;
}

/** What stands for a cell without a value. */
export const EMPTY = '–';
const LONGEST = 28;

/**
 * `digits` significant digits, zeros kept where they are significant: 0.5 → `0.500`, 4207 → `4210`. Below 0.0001 and
 * from ten million on with an exponent. Not finite: `NaN`, `∞`, `-∞`.
 */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const scientific = value.toExponential(digits - 1);
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  if (exponent < -4 || exponent >= 7) return scientific.replace('e+', 'e');
  return Number(scientific).toFixed(Math.max(0, digits - 1 - exponent));
}

/** A whole number with a thin gap between thousands: 1234567 → `1,234,567`. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `low…high` */
export function formatInterval(interval: Interval, digits = 3): string {
  return `${formatNumber(interval.low, digits)}…${formatNumber(interval.high, digits)}`;
}

/** Text that is safe to print: control characters become spaces, long text ends in `…`. */
export function plainText(text: string, longest = LONGEST): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal.
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
  const letters = Array.from(clean);
  return letters.length <= longest ? clean : `${letters.slice(0, longest - 1).join('')}…`;
}

/**
 * The table as text, one line a row, no blanks at the ends of lines, a newline at the end.
 * @param rows cells in the order of `columns`; cells that a row lacks are empty
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string {
  const blocks = columns.map((column, index) => {
    const header = plainText(
      column.unit === undefined ? column.header : `${column.header} [${column.unit}]`,
      40,
    );
    const texts = rows.map((row) => cellText(row[index], column));
    return padTogether(header, texts, column.kind ?? 'text');
  });
  const lines: string[] = [];
  for (let line = 0; line < rows.length + 2; line++)
    lines.push(
      blocks
        .map((block) => block[line]!)
        .join('  ')
        .trimEnd(),
    );
  return `${lines.join('\n')}\n`;
}

function cellText(cell: Cell, column: Column): string {
  if (cell === null || cell === undefined || cell === '') return EMPTY;
  if (typeof cell === 'string') return plainText(cell, column.longest) || EMPTY;
  if (typeof cell === 'object') return formatInterval(cell, column.digits);
  return column.kind === 'count' ? formatCount(cell) : formatNumber(cell, column.digits);
}

/** Header, rule and cells of one column, all of one width. */
function padTogether(header: string, texts: readonly string[], kind: 'text' | 'number' | 'count'): string[] {
  const aligned = kind === 'text' ? [...texts] : alignAnchors(texts);
  const width = Math.max(1, length(header), ...aligned.map(length));
  const pad = (text: string) =>
    kind === 'text' ? text + ' '.repeat(width - length(text)) : ' '.repeat(width - length(text)) + text;
  return [pad(header), '─'.repeat(width), ...aligned.map(pad)];
}

/** Pads on both sides so that the decimal points, or the `…` of intervals, stand below one another. */
function alignAnchors(texts: readonly string[]): string[] {
  const anchors = texts.map(anchorOf);
  const left = Math.max(0, ...anchors);
  const right = Math.max(0, ...texts.map((text, i) => length(text) - anchors[i]!));
  return texts.map((text, i) => {
    const anchor = anchors[i]!;
    return ' '.repeat(left - anchor) + text + ' '.repeat(right - (length(text) - anchor));
  });
}

/** Where the text is held: at the gap of an interval, at the decimal point, else behind its last digit. */
function anchorOf(text: string): number {
  const letters = Array.from(text);
  const gap = letters.indexOf('…');
  if (gap > 0 && gap < letters.length - 1) return gap;
  const number = /^[+-]?[\d,]*/.exec(text)?.[0].length ?? 0;
  return number > 0 ? number : letters.length;
}

function length(text: string): number {
  return Array.from(text).length;
}
