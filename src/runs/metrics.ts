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
  const text = (await readIfThere(path))?.toString();
  if (text === undefined) return;
  const kept: Metric[] = [];
  for (const line of text.split('\n')) {
    try {
      const metric = JSON.parse(line) as Metric;
      if (metric.step <= step) kept.push(metric);
    } catch {
      // The last line of a killed run may be cut short.
    }
  }
  await writeFileAtomic(path, linesOf(kept));
}

const linesOf = (metrics: readonly Metric[]): string =>
  metrics.map((metric) => `${JSON.stringify(metric)}\n`).join('');
