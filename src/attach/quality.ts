import type { LeaveOneOut } from './ask.js';
import { type Examples, meanVector } from './examples.js';
import { softmax } from './trust.js';

/** Of predictions of each example from the others. */
export type Quality =
  | { readonly accuracy: number; readonly logLoss: number }
  | { readonly rootMeanSquare: number; readonly deviation: number };

export function numberQuality({ residuals }: LeaveOneOut, { rows, outputs, y, weight }: Examples): Quality {
  const total = weight.reduce((a, b) => a + b, 0);
  const of = (at: number) => weight[Math.floor(at / outputs)]! / total;
  const mean = meanVector({ x: y, y, weight, rows, width: outputs, outputs });
  const spread = y.reduce((sum, value, at) => sum + of(at) * (value - mean[at % outputs]!) ** 2, 0);
  const square = residuals.reduce((sum, value, at) => sum + of(at) * value * value, 0);
  return { rootMeanSquare: Math.sqrt(square / outputs), deviation: Math.sqrt(spread / outputs) };
}

export function classQuality(
  scores: Float64Array,
  { rows, outputs, y, weight }: Examples,
  sharpness: number,
): Quality {
  let [right, loss, total] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const p = softmax(scores.subarray(i * outputs, (i + 1) * outputs), sharpness);
    const truth = y.subarray(i * outputs, (i + 1) * outputs).indexOf(1);
    total += weight[i]!;
    if (p.every((value, k) => k === truth || value < p[truth]!)) right += weight[i]!;
    loss -= weight[i]! * Math.log(Math.max(p[truth]!, 1e-300));
  }
  return { accuracy: right / total, logLoss: loss / total };
}
