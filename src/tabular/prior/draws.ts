import type { Random } from '../../core/random.js';
import { floats, list } from './arrays.js';

/** Least and greatest value of what is drawn. */
export type Range = readonly [low: number, high: number];

/** Uniform on a range. */
export const between = ([low, high]: Range, stream: Random): number => low + (high - low) * stream.uniform();

/** Log-uniform on a range of positive numbers. */
export const logBetween = ([low, high]: Range, stream: Random): number =>
  low * (high / low) ** stream.uniform();

/** A whole number of a range, both ends possible, log-uniform: k with probability ∝ log((k + 1)/k). */
export const logInteger = ([low, high]: Range, stream: Random): number =>
  Math.min(high, Math.floor(logBetween([low, high + 1], stream)));

/** A share of all: uniform on a range that may reach over 0 and 1, then cut off there, which gives both a mass of their own. */
export const clippedShare = (range: Range, stream: Random): number =>
  Math.min(1, Math.max(0, between(range, stream)));

export const chance = (share: number, stream: Random): boolean => stream.uniform() < share;

export const pick = <T>(items: readonly T[], stream: Random): T => items[stream.integer(items.length)]!;

/** A name with probability ∝ its weight. */
export function pickWeighted<K extends string>(weights: Readonly<Record<K, number>>, stream: Random): K {
  const names = Object.keys(weights) as K[];
  let left = stream.uniform() * names.reduce((sum, name) => sum + weights[name], 0);
  for (const name of names) {
    left -= weights[name];
    if (left < 0) return name;
  }
  return names.findLast((name) => weights[name] > 0)!;
}

/**
 * The leaning of one table: each weight times exp(s·normal), s uniform on a range. A table with a small s is as mixed as the
 * prior, one with a large s is nearly all of one kind.
 */
export function leaning<K extends string>(
  weights: Readonly<Record<K, number>>,
  spread: Range,
  stream: Random,
): Record<K, number> {
  const s = between(spread, stream);
  return Object.fromEntries(
    Object.entries<number>(weights).map(([name, weight]) => [name, weight * Math.exp(s * stream.normal())]),
  ) as Record<K, number>;
}

/**
 * A quantity on [0, 1] that the parts of one table share more or less: Beta draws with mean t ~ U(0, 1) and a log-uniform
 * concentration, both drawn once. Hence some tables are alike in all their parts and some are mixed.
 */
export function sharedBeta(concentration: Range, stream: Random): () => number {
  const mean = stream.uniform();
  const c = logBetween(concentration, stream);
  return () => beta(mean * c, (1 - mean) * c, stream);
}

/** Beta(a, b). */
export function beta(a: number, b: number, stream: Random): number {
  const [one, other] = [gamma(a, stream), gamma(b, stream)];
  // Both underflow where a and b are tiny: all mass is at the ends then.
  if (one + other === 0) return chance(a / (a + b), stream) ? 1 : 0;
  return one / (one + other);
}

/** Gamma with a shape and scale 1 (Marsaglia & Tsang 2000, with their boost for shapes below 1). */
export function gamma(shape: number, stream: Random): number {
  if (shape <= 0) return 0;
  if (shape < 1) return gamma(shape + 1, stream) * stream.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = stream.normal();
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - stream.uniform()) < 0.5 * z * z + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** Shares of k parts, [k], that add up to 1: Dirichlet with concentration α in each part. */
export function dirichlet(k: number, alpha: number, stream: Random): Float64Array {
  const shares = floats(k, () => gamma(alpha, stream) + 1e-12);
  const total = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / total);
}

/** Which part a uniform draw falls into. */
export function partOf(shares: Float64Array, u: number): number {
  let left = u;
  for (let k = 0; k < shares.length - 1; k++) {
    left -= shares[k]!;
    if (left < 0) return k;
  }
  return shares.length - 1;
}

export function normals(count: number, stream: Random): Float64Array {
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = stream.normal();
  return values;
}

/** `count` different ones of 0…n−1, in random order. */
export function someOf(n: number, count: number, stream: Random): number[] {
  const all = list(n, (i) => i);
  for (let i = 0; i < Math.min(count, n); i++) {
    const j = i + stream.integer(n - i);
    [all[i], all[j]] = [all[j]!, all[i]!];
  }
  return all.slice(0, count);
}
