import type { Measurement } from '../core/measurement.js';
import { learnerLabel } from './styles.js';
import { formatInterval, formatNumber } from './table.js';

/**
 * One sentence that says what the rows show of their first learner at a number of examples: which other predicts most
 * and least like it, where distances were measured, and how its error compares with the least.
 */
export function curveCaption(rows: readonly Measurement[], metric: string, examples: number): string {
  const here = rows.filter((row) => row.examples === examples && Number.isFinite(row.value));
  const shown = here.filter((row) => row.metric === metric);
  const [own] = shown;
  const context = `With ${examples} ${examples === 1 ? 'example' : 'examples'}`;
  if (own === undefined) return `${context} nothing was measured.`;
  const subject = learnerLabel(own.learner);
  const parts: string[] = [];
  const distanceMetric = own.reference === undefined ? distanceOf(metric) : metric;
  const distances = here
    .filter(
      (row) => row.metric === distanceMetric && row.learner === own.learner && row.reference !== undefined,
    )
    .sort((a, b) => a.value - b.value);
  const [nearest, farthest] = [distances[0], distances.at(-1)];
  if (nearest !== undefined && farthest !== undefined) {
    const far =
      farthest === nearest
        ? ''
        : ` and ${formatNumber(farthest.value)} from ${learnerLabel(farthest.reference!)}`;
    parts.push(
      `${subject} is ${formatNumber(nearest.value)} from ${learnerLabel(nearest.reference!)}${far} (squared difference of predictions)`,
    );
  }
  if (own.reference === undefined) parts.push(errorPart(own, shown, metric, parts.length > 0));
  return `${context}, ${parts.join('; ')}.`;
}

/** What a metric is called in a sentence or on an axis. */
export function metricLabel(metric: string): string {
  const [name = '', range] = metric.split('@');
  const spoken = name
    .replace('excess-squared-error', 'squared error beyond the noise')
    .replace('spd/d', 'squared difference of predictions ÷ inputs')
    .replace('spd', 'squared difference of predictions')
    .replaceAll('-', ' ');
  return range === undefined ? spoken : `${spoken}, mean over ${range.replace('-', '…')} examples`;
}

function errorPart(
  own: Measurement,
  shown: readonly Measurement[],
  metric: string,
  pronoun: boolean,
): string {
  const whose = pronoun ? 'its' : `the ${metricLabel(metric)} of ${learnerLabel(own.learner)}`;
  const what = pronoun ? `its ${metricLabel(metric)}` : whose;
  const value = `${what} is ${formatNumber(own.value)} (${formatInterval(own)})`;
  const others = shown.filter((row) => row.learner !== own.learner);
  if (others.length === 0) return value;
  const best = others.reduce((least, row) => (row.value < least.value ? row : least));
  if (own.value <= best.value)
    return `${value}, the least; the next is ${learnerLabel(best.learner)} at ${formatNumber(best.value)}`;
  const ratio = own.value / best.value;
  const against =
    ratio < 1000
      ? `${formatNumber(ratio)} times the least`
      : `against ${formatNumber(best.value)}, the least`;
  return `${value}, ${against}, that of ${learnerLabel(best.learner)}`;
}

function distanceOf(metric: string): string {
  return metric.startsWith('median-') ? 'median-spd' : 'spd';
}
