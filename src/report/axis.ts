import type { Measurement } from '../core/measurement.js';

/** Decades under the highest value that are drawn; what lies lower runs along the bottom. */
const DECADES = 5;

/** Ends of the logarithmic axis: all values where they lie within a few decades, and whole tenths of a decade. */
export function logDomain(
  rows: readonly Measurement[],
  theory: readonly { value: number }[],
): { floor: number; top: number } {
  const values = [...rows.flatMap((row) => [row.value, row.low]), ...theory.map(({ value }) => value)];
  const start = Math.max(...rows.filter((row) => row.examples === 1).map((row) => row.value), 0);
  const highest = Math.max(...values);
  // A peak such as that of least squares at n = d may leave the frame by a decade and no more.
  const top = start > 0 ? Math.min(highest, 10 * start) : highest;
  const positive = values.filter((value) => value > 0);
  if (!(top > 0)) return { floor: 1e-3, top: 1 };
  const lowest = Math.max(Math.min(...positive), top / 10 ** DECADES);
  // A wide axis begins at a whole decade, a narrow one at a tenth of one.
  const parts = top / lowest > 100 ? 1 : 10;
  return {
    floor: round(10 ** (Math.floor(parts * Math.log10(lowest / 1.05)) / parts)),
    top: round(10 ** (Math.ceil(10 * Math.log10(top * 1.1)) / 10)),
  };
}

/** Decades, or 1, 2 and 5 of each where there are fewer than three. */
export function logTicks(floor: number, top: number): number[] {
  const ticks: number[] = [];
  const within = (value: number) => value >= floor * (1 - 1e-9) && value <= top * (1 + 1e-9);
  for (let decade = Math.floor(Math.log10(floor)); decade <= Math.log10(top); decade++)
    for (const digit of top / floor < 1000 ? [1, 2, 5] : [1]) ticks.push(Number(`${digit}e${decade}`));
  return ticks.filter(within);
}

/** 1 and the multiples of a round step, at most a dozen. */
export function wholeTicks(last: number): number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => last / size <= 12) ?? 2000;
  const ticks = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
  return step === 1 ? ticks : [1, ...ticks];
}

/** A tick's number with the digits that it needs. */
export function axisNumber(value: number): string {
  return value >= 1e-5 && value < 1e6 ? String(Number(value.toPrecision(3))) : value.toExponential(0);
}

/** Without the last digits of a power, so that 10 ** −5 is 0.00001. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
