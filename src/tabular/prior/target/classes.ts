import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { integers } from '../arrays.js';
import { chance, dirichlet, logBetween, logInteger, normals, pickWeighted, someOf } from '../draws.js';
import { nearestCentre } from '../functions/codes.js';
import { logRange, range, share, weights, wholeRange } from '../options.js';
import { addNoise, type Noise } from './noise.js';

export const classesSpec = z
  .strictObject({
    /** Share of the tables with two classes. */
    binary: share(0.5),
    /** Classes of the others, log-uniform, and at most two for every three labelled rows. */
    classes: wholeRange(3, 10, 2, 100),
    ways: weights<ClassWay>({ cuts: 3, nearest: 1.5, scores: 1 }),
    /** Share of the cut tables in which a class is several intervals. */
    scattered: share(0.15),
    /** Concentration of the classes' shares: small is unbalanced. */
    balance: logRange(0.7, 30),
    /** The least share that is aimed at. */
    least: share(0.03),
    /** The largest share that a class may have of a table's rows; tables with a larger one are drawn anew. */
    largest: share(0.95),
    /** Scores × this + Gumbel noise: the inverse temperature of a softmax. */
    sharpness: logRange(2, 50),
    /** The share of labels that are drawn anew: uniform on this range, cut off at 0. */
    flipped: range(-0.2, 0.2),
    /** Share of the tables whose labelled rows have the classes in the proportions of the whole. */
    stratified: share(0.5),
  })
  .prefault({});

export type ClassesSpec = z.output<typeof classesSpec>;

/**
 * How latents become classes: `cuts` of one latent at random points, the `nearest` of as many random rows in several latents,
 * or the greatest of one of the `scores` for each class.
 */
export type ClassWay = 'cuts' | 'nearest' | 'scores';

export interface ClassPlan {
  readonly classes: number;
  readonly way: ClassWay;
  /** S: latents that are needed. */
  readonly outputs: number;
}

/** How many classes a table has. */
export function drawClasses(spec: ClassesSpec, labelled: number, stream: Random): number {
  const most = Math.max(2, Math.floor(labelled / 1.5));
  const [low, high] = spec.classes;
  if (chance(spec.binary, stream)) return 2;
  return logInteger([Math.min(low, most), Math.min(high, most)], stream);
}

export function planClasses(spec: ClassesSpec, classes: number, stream: Random): ClassPlan {
  const way = pickWeighted(spec.ways, stream);
  const outputs = way === 'cuts' ? 1 : way === 'nearest' ? logInteger([1, 4], stream) : classes;
  return { classes, way, outputs };
}

/** Classes, [R], from latents, which are changed. Some of the codes may have no row. */
export function classesOf(
  latents: readonly Float64Array[],
  { classes, way }: ClassPlan,
  noise: Noise,
  spec: ClassesSpec,
  stream: Random,
): Int32Array {
  const balance = logBetween(spec.balance, stream);
  if (way === 'cuts') {
    const [latent] = latents;
    const parts = chance(spec.scattered, stream) ? classes * logInteger([2, 3], stream) : classes;
    const shares = dirichlet(parts, balance, stream).map((of) => Math.max(of, spec.least));
    const cuts = cutPoints(latent!, shares);
    addNoise([latent!], noise, stream);
    const order = someOf(parts, parts, stream);
    return integers(latent!.length, (i) => {
      const value = latent![i]!;
      let part = 0;
      while (part < cuts.length && value > cuts[part]!) part++;
      return order[part]! % classes;
    });
  }
  addNoise(latents, noise, stream);
  const offsets = normals(classes, stream).map((value) => value / balance);
  if (way === 'nearest') return nearestCentre(latents, someOf(latents[0]!.length, classes, stream), offsets);
  return greatest(latents, offsets, logBetween(spec.sharpness, stream), stream);
}

/**
 * Points that cut a column into parts of about these shares, [parts − 1]: each lies midway between two different values, so
 * that noise moves few rows over it where there are ties.
 */
function cutPoints(column: Float64Array, shares: Float64Array): number[] {
  const sorted = column.slice().sort();
  const total = shares.reduce((a, b) => a + b, 0);
  let sum = 0;
  return Array.from(shares.subarray(0, -1), (share) => {
    sum += share;
    let at = Math.min(sorted.length - 1, Math.max(1, Math.round((sum / total) * sorted.length)));
    const tied = sorted[at]!;
    while (at < sorted.length - 1 && !(sorted[at]! > sorted[at - 1]!)) at++;
    if (!(sorted[at]! > sorted[at - 1]!)) {
      at = Math.max(1, sorted.indexOf(tied));
    }
    return (sorted[at - 1]! + sorted[at]!) / 2;
  });
}

/** The class of the greatest score, [R], with the noise that makes it a draw from a softmax. */
function greatest(
  scores: readonly Float64Array[],
  offsets: Float64Array,
  sharpness: number,
  stream: Random,
): Int32Array {
  return integers(scores[0]!.length, (i) => {
    let [best, code] = [Number.NEGATIVE_INFINITY, 0];
    for (let k = 0; k < scores.length; k++) {
      const gumbel = -Math.log(-Math.log(stream.uniform() + 2 ** -33));
      const score = sharpness * (scores[k]![i]! + offsets[k]!) + gumbel;
      if (score > best) [best, code] = [score, k];
    }
    return code;
  });
}

/** Draws a share of the labels anew from the labels of all rows, in place. */
export function flipLabels(codes: Int32Array, share: number, stream: Random): void {
  const before = codes.slice();
  for (let i = 0; i < codes.length; i++)
    if (chance(share, stream)) codes[i] = before[stream.integer(before.length)]!;
}
