import type { Episodes, Learner } from '../core/episodes.js';
import { ols, textbook } from '../learners/index.js';
import { onFeatures } from './features.js';

/**
 * The posterior mean of y = a sin(x + φ) without noise, a ~ U(low, high), φ ~ U(0, π), in closed form: the prior mean
 * before the first example; after one, the mean over the arc of (a, φ) that the label leaves; from two on the sum of a sine and
 * a cosine through them.
 */
export function sineBayes(low: number, high: number): Learner {
  return {
    name: 'bayes',
    predict: async (episodes) => {
      const through = await onFeatures(waves, ols()).predict(episodes);
      return textbook('bayes', (same) => predictSine(same, low, high, through.values)).predict(episodes);
    },
  };
}

/** a sin(x + φ) is linear in these. */
const waves = {
  count: 2,
  write: (x: Float64Array, from: number, out: Float64Array) => {
    out[0] = Math.sin(x[from]!);
    out[1] = Math.cos(x[from]!);
  },
};

/** Two inputs whose sine of the difference is smaller than this tell no more than one of them. */
const SAME = 1e-9;

function predictSine(
  { x, y, episodes, points, inputs }: Episodes,
  low: number,
  high: number,
  through: Float64Array,
): Float64Array {
  const values = new Float64Array(episodes * points);
  for (let e = 0; e < episodes; e++) {
    const first = e * points;
    const at = (k: number) => x[(first + k) * inputs]!;
    let settled = false;
    for (let k = 0; k < points; k++) {
      if (k > 1) settled ||= Math.abs(Math.sin(at(k - 1) - at(0))) > SAME;
      // ∫₀^π sin(x + φ) dφ/π = (2/π) cos x
      if (k === 0) values[first] = ((low + high) / Math.PI) * Math.cos(at(0));
      else if (settled) values[first + k] = through[first + k]!;
      else values[first + k] = afterOne(at(0), y[first]!, at(k) - at(0), low, high);
    }
  }
  return values;
}

/**
 * With θ = x₁ + φ, the label y₁ = a sin θ leaves the density 1/|sin θ| for θ, which is uniform in t = log tan(θ/2); there
 * a = |y₁| cosh t, cot θ = −sinh t, and the label at x₁ + δ is y₁ (cos δ − sin δ sinh t). Where y₁ < 0, θ is half a turn on.
 */
function afterOne(x1: number, y1: number, delta: number, low: number, high: number): number {
  const size = Math.abs(y1);
  if (size === 0) return 0;
  const turn = 2 * Math.PI;
  const start = (((x1 + (y1 < 0 ? Math.PI : 0)) % turn) + turn) % turn; // θ runs from here half a turn
  const [outer, inner] = [size < high ? Math.acosh(high / size) : 0, size < low ? Math.acosh(low / size) : 0];
  const [from, to] =
    start < Math.PI
      ? [Math.max(-outer, Math.log(Math.tan(start / 2))), outer]
      : [-outer, Math.min(outer, Math.log(Math.tan((start - Math.PI) / 2)))];
  let [length, integral] = [0, 0];
  for (const [a, b] of [
    [from, Math.min(to, -inner)],
    [Math.max(from, inner), to],
  ] as const) {
    if (!(b > a)) continue;
    length += b - a;
    integral += Math.cosh(b) - Math.cosh(a);
  }
  return y1 * (Math.cos(delta) - (length === 0 ? 0 : Math.sin(delta) * (integral / length)));
}
