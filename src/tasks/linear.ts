import { Matrix, QrDecomposition } from 'ml-matrix';
import type { Episodes, Learner, TaskFamily } from '../core/episodes.js';
import type { Random } from '../core/random.js';
import { parseSpec } from '../core/spec.js';
import { bayes, type NoiseLevel } from '../learners/bayes.js';
import { activeRange, type LinearOptions, type LinearSpec, linearSchema } from './linear-spec.js';

export type LinearFamily = TaskFamily & { readonly spec: LinearSpec; bayes(): Learner };

/**
 * Linear regression: y = wᵀx + ε with x ~ N(0, Σ), w ~ N(0, τ²I), ε ~ N(0, σ²), Σ, σ and the number of inputs that are
 * not 0 drawn for each episode (Akyürek et al., arXiv 2211.15661, §4; skewed covariance: Garg et al., arXiv 2208.01066).
 * Where fewer inputs are active than there are, Σ is over the first ones and the first eigenvalues hold.
 * @throws IcicleError (exit code 2) where the options do not fit `linearSchema`.
 */
export function linear(options: LinearOptions = {}): LinearFamily {
  const spec = parseSpec('family linear', linearSchema, options);
  return {
    name: 'linear',
    inputs: spec.inputs,
    spec,
    sample: (request) => sampleLinear(spec, request),
    risk: (episodes) => linearRisk(spec.scale, episodes),
    bayes: () => bayes({ sigma: noiseLevels(spec.noise), tau: spec.scale }),
  };
}

/** Grid points that stand for a continuous range of σ in the Bayes learner: the middles of as many equal parts. */
export const NOISE_GRID = 32;

/** The prior over σ as levels with weights; a range becomes `NOISE_GRID` levels of equal weight. */
export function noiseLevels(noise: LinearSpec['noise']): NoiseLevel[] {
  if (typeof noise === 'number') return [{ sigma: noise, weight: 1 }];
  return noise.flatMap(({ sigma, weight }) => {
    if (typeof sigma === 'number') return [{ sigma, weight }];
    const [low, high] = sigma;
    return Array.from({ length: NOISE_GRID }, (_, i) => ({
      sigma: low + ((high - low) * (i + 0.5)) / NOISE_GRID,
      weight: weight / NOISE_GRID,
    }));
  });
}

function sampleLinear(
  spec: LinearSpec,
  request: { episodes: number; points: number; seed: number; stream: Random },
): Episodes {
  const { episodes, points, seed, stream } = request;
  const { inputs, scale } = spec;
  const x = new Float64Array(episodes * points * inputs);
  const y = new Float64Array(episodes * points);
  const truth = new Float64Array(episodes * points);
  const weights = new Float64Array(episodes * inputs);
  const noise = new Float64Array(episodes);
  const [min, max] = activeRange(spec);
  for (let e = 0; e < episodes; e++) {
    const active = min === max ? min : min + stream.integer(max - min + 1);
    const sigma = drawNoise(spec.noise, stream);
    noise[e] = sigma;
    const root = drawRoot(spec, active, stream);
    const w = weights.subarray(e * inputs, e * inputs + active);
    for (let j = 0; j < active; j++) w[j] = scale * stream.normal();
    for (let k = 0; k < points; k++) {
      const at = (e * points + k) * inputs;
      for (let j = 0; j < active; j++) x[at + j] = stream.normal();
      if (root !== undefined) spread(x, at, root);
      let value = 0;
      for (let j = 0; j < active; j++) value += w[j]! * x[at + j]!;
      truth[e * points + k] = value;
      // Drawn even where σ is 0: two families that differ in σ alone then ask the same questions.
      y[e * points + k] = value + sigma * stream.normal();
    }
  }
  return { x, y, truth, weights, noise, episodes, points, inputs, family: 'linear', seed };
}

/**
 * τ² (d−k) for the directions that k examples leave open, and σ² d/(k+1) for the noise in the others, at most τ² d in all
 * (isotropic inputs: least squares leaves 1−k/d of the variance without noise, and about σ² d/k with it).
 */
function linearRisk(scale: number, { episodes, points, inputs, weights, noise }: Episodes): Float64Array {
  const risk = new Float64Array(episodes * points);
  for (let e = 0; e < episodes; e++) {
    let active = 0;
    for (let j = 0; j < inputs; j++) if (weights![e * inputs + j] !== 0) active++;
    const variance = scale ** 2;
    for (let k = 0; k < points; k++) {
      const open = variance * Math.max(0, active - k);
      const noisy = (noise![e]! ** 2 * active) / (k + 1);
      risk[e * points + k] = Math.min(variance * active, open + noisy);
    }
  }
  return risk;
}

function drawNoise(noise: LinearSpec['noise'], stream: Random): number {
  if (typeof noise === 'number') return noise;
  const total = noise.reduce((sum, { weight }) => sum + weight, 0);
  let left = stream.uniform() * total;
  const chosen = noise.find(({ weight }) => (left -= weight) < 0) ?? noise[noise.length - 1]!;
  if (typeof chosen.sigma === 'number') return chosen.sigma;
  const [low, high] = chosen.sigma;
  return low + (high - low) * stream.uniform();
}

/** A square root of Σ: the standard deviations along its axes, [d], and the axes as columns, [d,d], where turned. */
interface Root {
  readonly deviations: Float64Array;
  readonly axes?: Float64Array;
}

/** The root of an episode's Σ; undefined where Σ = I. */
function drawRoot(spec: LinearSpec, active: number, stream: Random): Root | undefined {
  const { covariance, rotated, share } = spec;
  if (covariance === 'isotropic') return undefined;
  if (share < 1 && stream.uniform() >= share) return undefined;
  if (covariance !== 'skewed') {
    const deviations = Float64Array.from(covariance.slice(0, active), Math.sqrt);
    return rotated ? { deviations, axes: rotation(active, stream) } : { deviations };
  }
  let trace = 0;
  for (let i = 1; i <= active; i++) trace += 1 / (i * i);
  const deviations = Float64Array.from({ length: active }, (_, i) => Math.sqrt(active / trace) / (i + 1));
  return { deviations, axes: rotation(active, stream) };
}

/**
 * Random orthogonal axes, [d,d]: the Q of a matrix of normal draws. It is uniform over rotations up to the signs of its
 * columns, which a distribution symmetric along each axis does not see.
 */
function rotation(d: number, stream: Random): Float64Array {
  const draws = Matrix.zeros(d, d);
  for (let i = 0; i < d; i++) for (let j = 0; j < d; j++) draws.set(i, j, stream.normal());
  return Float64Array.from(new QrDecomposition(draws).orthogonalMatrix.to1DArray());
}

/** Turns the standard normal draws of one input, from `at`, in place into draws with covariance Σ. */
function spread(x: Float64Array, at: number, { deviations, axes }: Root): void {
  const d = deviations.length;
  for (let j = 0; j < d; j++) x[at + j] = x[at + j]! * deviations[j]!;
  if (axes === undefined) return;
  const along = x.slice(at, at + d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += axes[i * d + j]! * along[j]!;
    x[at + i] = sum;
  }
}
