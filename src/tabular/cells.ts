/**
 * What one cell of a text table says: nothing, a number (finite or not) or a word.
 */

/** What stands for a missing cell in any column, in lower case: what programs write where they have nothing. */
const MISSING: ReadonlySet<string> = new Set(['', 'na', 'n/a', '#n/a', 'nan', 'null', 'nil', '?', '.']);

/** What stands for a missing cell among numbers and dates; among words it is a word, and may well be a class. */
const NOTHING: ReadonlySet<string> = new Set(['none', 'missing']);

export type CellValue = number | string | null;

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)(?:inf|infinity|∞)$/i;
const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:[eE][+-]?\d+)?$/;
const DATE = /^\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const NUMBER_WITH_COMMAS = /^[+-]?[\d.]*,[\d.,]*$/;

/**
 * `null` for a missing cell, a number (±Infinity for `inf`, or for digits beyond float64), else the trimmed text.
 * @param decimalComma whether `3,5` is a number: so in files whose cells are divided by semicolons
 * @param words whether the column is of words, so that `none` is one
 */
export function parseCell(cell: string, decimalComma = false, words = false): CellValue {
  const text = cell.trim();
  if (NUMBER.test(text)) return Number(text);
  const lower = text.toLowerCase();
  if (MISSING.has(lower) || (!words && NOTHING.has(lower))) return null;
  const infinite = INFINITE.exec(text);
  if (infinite !== null) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (decimalComma && DECIMAL_COMMA.test(text)) return Number(text.replace(',', '.'));
  return text;
}

const DAY = 86_400_000;

/** Days since 1970 of a date, year first: `2024-03-31`, `2024/3/31`, `2024-03-31T12:30:00Z`, without a zone in UTC; else NaN. */
export function parseDate(text: string): number {
  if (!DATE.test(text)) return Number.NaN;
  const [, year, month, day, rest] = /^(\d+)[-/](\d+)[-/](\d+)(.*)$/.exec(text)!;
  const iso = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  const time = rest!.trim().replace(/^T/, '');
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(time) ? time : `${time}Z`;
  return Date.parse(time === '' ? iso : `${iso}T${zoned}`) / DAY;
}

/** Whether a number that is written with a decimal comma, such as `3,5`. */
export function hasDecimalComma(cell: string): boolean {
  return DECIMAL_COMMA.test(cell.trim());
}

/** Whether text looks like a number with commas, such as `1,234` or `3,5`, which may mean either. */
export function looksLikeNumber(text: string): boolean {
  return NUMBER_WITH_COMMAS.test(text);
}
