import { appendFile } from 'node:fs/promises';
import type { Measurement } from '../core/measurement.js';
import { guarded } from './file-errors.js';
import { readIfThere, writeFileAtomic } from './files.js';

/** A line of `metrics.jsonl`. `loss` is a mean over the steps since the line before; `seconds` counts from step 0. */
export type Metric =
  | { readonly step: number; readonly seconds: number; readonly loss: number; readonly gradientNorm: number }
  | { readonly step: number; readonly seconds: number; readonly rows: readonly Measurement[] };

/** Losses of some steps, for their mean. */
export interface LossSum {
  readonly sum: number;
  readonly count: number;
}

/** Adds lines. @throws IcicleError where the file cannot be written; its last line may then be cut, which `trimMetrics` mends */
export async function appendMetrics(path: string, metrics: readonly Metric[]): Promise<void> {
  if (metrics.length > 0) await guarded('write', path, () => appendFile(path, linesOf(metrics)));
}

/** Drops what was written after a step, so that no step is listed twice, and a line that was cut short. */
export async function trimMetrics(path: string, step: number): Promise<void> {
  const metrics = await readMetrics(path);
  if (metrics === undefined) return;
  await writeFileAtomic(path, linesOf(metrics.filter((metric) => metric.step <= step)));
}

/** All whole lines; undefined where there is no file. */
export async function readMetrics(path: string): Promise<Metric[] | undefined> {
  const text = (await readIfThere(path))?.toString();
  return text?.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Metric];
    } catch {
      return []; // The last line of a killed run may be cut short.
    }
  });
}

const linesOf = (metrics: readonly Metric[]): string =>
  metrics.map((metric) => `${JSON.stringify(metric)}\n`).join('');
