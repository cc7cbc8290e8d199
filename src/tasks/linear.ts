import type { Episodes, Learner } from '../core/episodes.js';
import type { Random } from '../core/random.js';
import { parseSpec } from '../core/spec.js';
import { bayes, type NoiseLevel } from '../learners/bayes.js';
import { type Root, rotation, skewedDeviations, spread } from './covariance.js';
import { type Episode, type Family, linearTask, makeFamily } from './family.js';
import { activeRange, type LinearOptions, type LinearSpec, linearSchema } from './linear-spec.js';

export type LinearFamily = Family<LinearSpec> & { bayes(): Learner };

/**
 * Linear regression: y = wᵀx + ε with x ~ N(0, Σ), w ~ N(0, τ²I), ε ~ N(0, σ²), Σ, σ and the number of inputs that are
 * not 0 drawn for each episode (Akyürek et al., arXiv 2211.15661, §4; skewed covariance: Garg et al., arXiv 2208.01066).
 * Where fewer inputs are active than there are, Σ is over the first ones and the first eigenvalues hold.
 * @throws IcicleError (exit code 2) where the options do not fit `linearSchema`.
 */
export function linear(options: LinearOptions = {}): LinearFamily {
  const spec = parseSpec('family linear', linearSchema, options);
  const best = () => bayes({ sigma: noiseLevels(spec.noise), tau: spec.scale });
  const family = makeFamily({
    name: 'linear',
    inputs: spec.inputs,
    spec,
    episode: (points, stream) => drawLinear(spec, points, stream),
    sigma: typeof spec.noise === 'number' ? spec.noise : undefined,
    bayesUnder: (sigma) => bayes({ sigma, tau: spec.scale }),
    risk: (episodes) => linearRisk(spec.scale, episodes),
    // Inputs that are not 0 there would meet weights that are certain to be 0, which the Bayes learner does not know.
    entangled: activeRange(spec)[0] < spec.inputs ? 'zeros' : undefined,
  });
  return { ...family, bayes: best };
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

function drawLinear(spec: LinearSpec, points: number, stream: Random): Episode {
  const { inputs, scale } = spec;
  const [min, max] = activeRange(spec);
  const active = min === max ? min : min + stream.integer(max - min + 1);
  const sigma = drawNoise(spec.noise, stream);
  const root = drawRoot(spec, active, stream);
  const w = new Float64Array(inputs);
  for (let j = 0; j < active; j++) w[j] = scale * stream.normal();
  const x = new Float64Array(points * inputs);
  const errors = new Float64Array(points);
  for (let k = 0; k < points; k++) {
    const at = k * inputs;
    for (let j = 0; j < active; j++) x[at + j] = stream.normal();
    if (root !== undefined) spread(x, at, root);
    // Drawn even where σ is 0: two families that differ in σ alone then ask the same questions.
    errors[k] = sigma * stream.normal();
  }
  return { x, task: linearTask(w, active), label: (k, truth) => truth + errors[k]!, noise: sigma };
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

/** The root of an episode's Σ; undefined where Σ = I. */
function drawRoot(spec: LinearSpec, active: number, stream: Random): Root | undefined {
  const { covariance, rotated, share } = spec;
  if (covariance === 'isotropic') return undefined;
  if (share < 1 && stream.uniform() >= share) return undefined;
  if (covariance !== 'skewed') {
    const deviations = Float64Array.from(covariance.slice(0, active), Math.sqrt);
    return rotated ? { deviations, axes: rotation(active, stream) } : { deviations };
  }
  return { deviations: skewedDeviations(active), axes: rotation(active, stream) };
}
