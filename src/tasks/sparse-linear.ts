import { z } from 'zod';
import type { Episodes, Learner } from '../core/episodes.js';
import { parseSpec } from '../core/spec.js';
import { textbook } from '../learners/index.js';
import { backward, dot, forward, restart, rotateIn, type Triangle, triangle } from '../learners/triangle.js';
import { choose, type Family, linearTask, makeFamily, normals, subset, subsets } from './family.js';
import { inputsOption, positive } from './options.js';

/** Options of the family `sparse-linear`. */
export const sparseLinearSchema = z
  .strictObject({
    family: z.literal('sparse-linear').default('sparse-linear'),
    /** D, inputs of a point. */
    inputs: inputsOption(20),
    /** s, weights that are not 0. */
    nonzero: z.int().min(1).default(3),
    /** τ, the standard deviation of each weight that is not 0. */
    scale: positive.default(1),
  })
  .refine(({ inputs, nonzero }) => nonzero <= inputs, {
    error: 'is more than there are inputs; raise inputs or lower nonzero',
    path: ['nonzero'],
  });

export type SparseLinearSpec = z.output<typeof sparseLinearSchema>;
export type SparseLinearOptions = z.input<typeof sparseLinearSchema>;

/** With more sets of inputs than this the Bayes predictor is not offered: it tries all of them. */
const MOST_SETS = 5000;

/**
 * Sparse linear regression without noise: y = wᵀx, x ~ N(0, I), w ~ N(0, τ²I) on s of the D inputs, all sets as likely, and
 * 0 elsewhere (Garg et al., arXiv 2208.01066: D = 20, s = 3). Bayes: the mean over all C(D,s) sets of inputs of linear
 * regression on the set, weighted by the probability that the set gave to the labels; up to 5000 sets.
 * @throws IcicleError (exit code 2) where the options do not fit `sparseLinearSchema`.
 */
export function sparseLinear(options: SparseLinearOptions = {}): Family<SparseLinearSpec> {
  const spec = parseSpec('family sparse-linear', sparseLinearSchema, options);
  const { inputs, nonzero, scale } = spec;
  return makeFamily({
    name: 'sparse-linear',
    spec,
    inputs,
    episode: (points, stream) => {
      const w = new Float64Array(inputs);
      for (const j of subset(inputs, nonzero, stream)) w[j] = scale * stream.normal();
      return { x: normals(points * inputs, stream), task: linearTask(w), noise: 0 };
    },
    sigma: 0,
    bayesUnder: choose(inputs, nonzero) <= MOST_SETS ? (sigma) => sparseBayes(spec, sigma) : undefined,
  });
}

/** σ is taken as at least this share of τ, so that the labels always have a density; predictions change by about as much. */
const LEAST_NOISE = 1e-6;
/** A set is given up once its probability is e^−50 of the best one's: the chance that it was right is no more than that. */
const HOPELESS = 50;

function sparseBayes({ inputs, nonzero, scale }: SparseLinearSpec, sigma: number): Learner {
  const sets = subsets(inputs, nonzero);
  return textbook('bayes', (episodes) => predictSparse(episodes, sets, scale, sigma));
}

/** One set of inputs under trial, with the examples so far. */
interface Candidate {
  readonly set: readonly number[];
  readonly t: Triangle;
  /** log density of the labels so far, up to a common constant. */
  evidence: number;
  mean: number;
}

function predictSparse(
  { x, y, episodes, points, inputs }: Episodes,
  sets: readonly number[][],
  tau: number,
  sigma: number,
): Float64Array {
  const noise = Math.max(sigma, LEAST_NOISE * tau);
  const size = sets[0]!.length;
  const precision = new Float64Array(size).fill((noise / tau) ** 2);
  const all: Candidate[] = sets.map((set) => ({ set, t: triangle(size), evidence: 0, mean: 0 }));
  const values = new Float64Array(episodes * points);
  const row = new Float64Array(size);
  const w = new Float64Array(size);
  for (let e = 0; e < episodes; e++) {
    for (const candidate of all) {
      restart(candidate.t, precision);
      candidate.evidence = 0;
    }
    let live = all;
    for (let k = 0; k < points; k++) {
      const at = e * points + k;
      let [best, sum, total] = [Number.NEGATIVE_INFINITY, 0, 0];
      for (const { evidence } of live) best = Math.max(best, evidence);
      live = live.filter(({ evidence }) => evidence > best - HOPELESS);
      for (const candidate of live) {
        const { set, t, evidence } = candidate;
        for (let j = 0; j < size; j++) row[j] = x[at * inputs + set[j]!]!;
        backward(t, t.z, w);
        candidate.mean = dot(row, w);
        const weight = Math.exp(evidence - best);
        sum += weight * candidate.mean;
        total += weight;
        const variance = noise * noise * (1 + forward(t, row, w));
        candidate.evidence -= 0.5 * (Math.log(variance) + (y[at]! - candidate.mean) ** 2 / variance);
        rotateIn(t, row, y[at]!);
      }
      values[at] = sum / total;
    }
  }
  return values;
}
