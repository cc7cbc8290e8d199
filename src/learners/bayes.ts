import type { Episodes, Learner } from '../core/episodes.js';
import { invalid, missing } from '../core/errors.js';
import { basis, extend, project } from './ols.js';
import { designRow } from './rows.js';
import { textbook } from './textbook.js';
import { backward, dot, forward, restart, rotateIn, triangle } from './triangle.js';

export interface BayesOptions {
  /** Standard deviation σ of the label noise, or a prior over it. */
  readonly sigma: number | readonly NoiseLevel[];
  /** Standard deviation τ of each weight. Default 1. */
  readonly tau?: number;
}

/** One noise level of a prior, with its weight; weights need not add up to 1. */
export interface NoiseLevel {
  readonly sigma: number;
  readonly weight: number;
}

/**
 * The posterior mean for y = wᵀx + ε, w ~ N(0, τ²I), ε ~ N(0, σ²), whatever the distribution of x: ridge with
 * λ = σ²/τ², minimum-norm least squares where σ = 0. Under a prior over σ the mean of those over the posterior of σ,
 * which follows from the probability that each σ gave to the examples so far. With it comes the posterior variance of the
 * label, σ² + σ² xᵀ(XᵀX + λI)⁻¹x, under a prior over σ that of the mixture (Bishop, Pattern Recognition and Machine
 * Learning, eq. 3.59).
 * @throws IcicleError where σ is below 0, τ not greater than 0, or a prior has no level or no weight.
 */
export function bayes(options: BayesOptions): Learner {
  const { sigma, tau = 1 } = options;
  if (!(tau > 0 && tau < Number.POSITIVE_INFINITY))
    throw invalid('scale τ', tau, 'it must be a number greater than 0');
  const levels = merge(typeof sigma === 'number' ? [{ sigma, weight: 1 }] : sigma);
  if (levels.length === 0)
    throw missing('noise level', 'a prior over σ needs at least one level with weight');
  const name = `bayes:${levels.length === 1 ? levels[0]!.sigma : 'mixture'}${tau === 1 ? '' : `:${tau}`}`;
  return textbook(name, (episodes) => {
    const parts = levels.map(({ sigma, weight }) => ({
      weight,
      ...(sigma === 0 ? withoutNoise(episodes, tau) : withNoise(episodes, sigma, tau)),
    }));
    const [only] = parts;
    return parts.length === 1 ? { values: only!.mean, variance: only!.variance } : mixture(parts);
  });
}

/** Levels in ascending order of σ, each σ once, weights adding up to 1, without levels of weight 0. */
function merge(levels: readonly NoiseLevel[]): NoiseLevel[] {
  const weights = new Map<number, number>();
  for (const { sigma, weight } of levels) {
    if (!(sigma >= 0 && sigma < Number.POSITIVE_INFINITY))
      throw invalid('noise σ', sigma, 'it must be a number from 0');
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      throw invalid('weight of a noise level', weight, 'it must be a number from 0');
    if (weight > 0) weights.set(sigma, (weights.get(sigma) ?? 0) + weight);
  }
  const total = [...weights.values()].reduce((a, b) => a + b, 0);
  return [...weights].sort(([a], [b]) => a - b).map(([sigma, weight]) => ({ sigma, weight: weight / total }));
}

/** Mean and variance of the label over the posterior of σ. */
function mixture(parts: readonly (Component & { readonly weight: number })[]) {
  const size = parts[0]!.mean.length;
  const values = new Float64Array(size);
  const variance = new Float64Array(size);
  const shares = new Float64Array(parts.length);
  for (let at = 0; at < size; at++) {
    let top = Number.NEGATIVE_INFINITY;
    for (const { evidence } of parts) top = Math.max(top, evidence[at]!);
    let sum = 0;
    let total = 0;
    for (const [i, { evidence, mean, weight }] of parts.entries()) {
      // Equal also where both are infinite: examples that only a world without noise can have made.
      const share = weight * (evidence[at] === top ? 1 : Math.exp(evidence[at]! - top));
      shares[i] = share;
      if (share === 0) continue;
      sum += share * mean[at]!;
      total += share;
    }
    const value = sum / total;
    values[at] = value;
    for (const [i, part] of parts.entries())
      if (shares[i]! > 0)
        variance[at] =
          variance[at]! + (shares[i]! / total) * (part.variance[at]! + (part.mean[at]! - value) ** 2);
  }
  return { values, variance };
}

/** Per prefix: mean and variance of the query's label, and the log density of the examples up to a common constant. */
interface Component {
  readonly mean: Float64Array; // [E,K]
  readonly variance: Float64Array; // [E,K]
  readonly evidence: Float64Array; // [E,K]
}

function withNoise(episodes: Episodes, sigma: number, tau: number): Component {
  const { y, points, inputs } = episodes;
  const mean = new Float64Array(episodes.episodes * points);
  const variance = new Float64Array(episodes.episodes * points);
  const evidence = new Float64Array(episodes.episodes * points);
  const precision = new Float64Array(inputs).fill((sigma / tau) ** 2);
  const t = triangle(inputs);
  const row = new Float64Array(inputs);
  const w = new Float64Array(inputs);
  for (let e = 0; e < episodes.episodes; e++) {
    restart(t, precision);
    let log = 0;
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      designRow(episodes, e, k, false, row);
      backward(t, t.z, w);
      mean[at] = dot(row, w);
      evidence[at] = log;
      variance[at] = sigma * sigma * (1 + forward(t, row, w));
      log += logDensity(y[at]! - mean[at]!, variance[at]!);
      rotateIn(t, row, y[at]!);
    }
  }
  return { mean, variance, evidence };
}

/** How far, relative to its size, a label may lie from the only value that it can have without noise. */
const EXACT = 1e-8;

/**
 * Without noise the next label is N(w·x, τ²|c|²), c being the part of x outside the span of the earlier inputs. Where
 * there is no such part the label is certain: one that agrees has infinite density, one that does not has none.
 */
function withoutNoise(episodes: Episodes, tau: number): Component {
  const { y, points, inputs } = episodes;
  const mean = new Float64Array(episodes.episodes * points);
  const variance = new Float64Array(episodes.episodes * points);
  const evidence = new Float64Array(episodes.episodes * points);
  const t = triangle(inputs);
  const span = basis(inputs);
  const row = new Float64Array(inputs);
  const w = new Float64Array(inputs);
  for (let e = 0; e < episodes.episodes; e++) {
    restart(t);
    span.rank = 0;
    let log = 0;
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      designRow(episodes, e, k, false, row);
      const outside = project(span, row);
      backward(t, t.z, w, span.rank);
      mean[at] = dot(span.coordinates, w, span.rank);
      variance[at] = (tau * outside) ** 2;
      evidence[at] = log;
      const error = y[at]! - mean[at]!;
      if (outside > 0) {
        log += logDensity(error, variance[at]!);
      } else {
        const size = Math.abs(y[at]!) + Math.sqrt(dot(row, row) * dot(w, w, span.rank));
        const agrees = Math.abs(error) <= EXACT * size;
        log =
          agrees && log !== Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
      }
      extend(span, outside);
      rotateIn(t, span.coordinates, y[at]!, span.rank);
    }
  }
  return { mean, variance, evidence };
}

/** log N(error; 0, variance) without the constant −½ log 2π. */
function logDensity(error: number, variance: number): number {
  return -0.5 * (Math.log(variance) + (error * error) / variance);
}
