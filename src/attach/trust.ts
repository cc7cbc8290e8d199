import type { LeaveOneOut } from './ask.js';
import type { Examples } from './examples.js';

/** Scales of scores to choose from: half octaves, so that the chosen one is within a fifth of the best. */
export const SHARPNESS: readonly number[] = Array.from({ length: 19 }, (_, i) => 2 ** (i / 2 - 2));

/** softmax(sharpness · scores) of one row, [K]. */
export function softmax(scores: Float64Array, sharpness: number): Float64Array {
  const top = scores.reduce((a, b) => Math.max(a, b));
  const weights = scores.map((score) => Math.exp(sharpness * (score - top)));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * How sharply scores are to be read as probabilities: the scale with the least cross-entropy on examples that were left out,
 * one calibration of all classes together (Guo et al. 2017, temperature scaling). Targets are softened to 1 − 1/(N+2) as in
 * Platt 1999, so that classes that are told apart without error do not get probability 1.
 * @param scores of each example from the others, [N,K]
 * @param targets the same, one-hot
 * @param weight how much each example counts, [N]
 */
export function chooseSharpness(
  scores: Float64Array,
  targets: Float64Array,
  classes: number,
  weight: Float64Array = new Float64Array(scores.length / classes).fill(1),
): number {
  const rows = scores.length / classes;
  const soft = 1 / (sumOf(weight) + 2);
  let [best, least] = [SHARPNESS[0]!, Number.POSITIVE_INFINITY];
  for (const sharpness of SHARPNESS) {
    let loss = 0;
    for (let i = 0; i < rows; i++) {
      const own = scores.subarray(i * classes, (i + 1) * classes);
      const top = own.reduce((a, b) => Math.max(a, b));
      let sum = 0;
      for (let k = 0; k < classes; k++) sum += Math.exp(sharpness * (own[k]! - top));
      const whole = sharpness * top + Math.log(sum);
      for (let k = 0; k < classes; k++)
        loss +=
          weight[i]! *
          ((1 - soft) * targets[i * classes + k]! + soft / classes) *
          (whole - sharpness * own[k]!);
    }
    if (loss < least) [best, least] = [sharpness, loss];
  }
  return best;
}

/** What examples of these weights are worth: how many equal ones (Kish 1965: (Σw)²/Σw²), and the degrees of freedom they leave. */
export function freedom(weight: Float64Array, intercept: boolean): { worth: number; degrees: number } {
  const worth = sumOf(weight) ** 2 / weight.reduce((sum, w) => sum + w * w, 0);
  return { worth, degrees: Math.max(1, Math.floor(worth * (1 + 1e-12)) - (intercept ? 1 : 0)) };
}

/**
 * Whether errors of left-out examples tell how far queries are off: there are twice as many as their quantile needs (18 at 90 %),
 * and twice as many as dimensions and a constant; where examples are forgotten, by weight. With about as many examples as
 * dimensions each is left out by luck, and most of all by a λ that was chosen for it.
 */
export function isTold({ weight, width }: Examples, level: number): boolean {
  const half = sumOf(weight) / 2;
  return half >= level * (half + 1) * (1 - 1e-12) && half >= width + 1;
}

/**
 * How wide predictions are, by output, [K]: an interval is the prediction ± radius · √growth. Residuals of examples that were
 * left out, each over the root of its growth, are of the same kind as a query's: from enough of them their quantile is taken
 * (the ⌈level (N+1)⌉-th, as in conformal prediction; where examples are forgotten, by weight, the query's own being 1: Barber et
 * al. 2023, Annals of Statistics 51). Where they do not tell enough, see `isTold`, it is at least Student's t times the root of yᵀα/degrees, which is exact where the buried
 * model is linear, noise is normal and λ is the ratio of their variances (Bayesian linear regression, Gelman et al., Bayesian Data
 * Analysis, §14.2); with weights, the degrees are those of as many equal examples as they are worth. Where λ was chosen from few
 * examples, see `averagedWidths`.
 * @param targets [N,K]
 */
export function radii(
  { residuals, growths }: LeaveOneOut,
  targets: Float64Array,
  {
    level,
    intercept,
    lambda = 0,
    told = true,
    weight = new Float64Array(growths.length).fill(1),
  }: {
    readonly level: number;
    readonly intercept: boolean;
    readonly lambda?: number;
    readonly told?: boolean;
    readonly weight?: Float64Array;
  },
): Float64Array {
  const rows = growths.length;
  const outputs = targets.length / rows;
  const total = sumOf(weight);
  const { worth, degrees } = freedom(weight, intercept);
  // Rounding must not ask for one more.
  const needed = level * (total + 1) * (1 - 1e-12);
  // An example that counts less was given more noise in its own growth than a query has.
  const asQuery = growths.map((growth, i) => Math.max(lambda, growth - lambda * (1 / weight[i]! - 1)));
  return Float64Array.from({ length: outputs }, (_, k) => {
    const at = (i: number) => i * outputs + k;
    let quantile = 0;
    if (needed <= total) {
      const sizes = asQuery.map((growth, i) => Math.abs(residuals[at(i)]!) / Math.sqrt(growth));
      const order = Array.from(sizes.keys()).sort((a, b) => sizes[a]! - sizes[b]!);
      let held = 0;
      const last = order.find((i) => (held += weight[i]!) >= needed);
      quantile = sizes[last ?? order.at(-1)!]!;
      if (told) return quantile;
    }
    // With a constant the α add up to 0, so that any level may be subtracted from the targets: it keeps the digits.
    const level0 = intercept ? targets[k]! : 0;
    let square = 0;
    for (let i = 0; i < rows; i++) square += ((targets[at(i)]! - level0) * residuals[at(i)]!) / growths[i]!;
    const deviation = Math.sqrt(Math.max(0, square) / (total * (degrees / worth)));
    return Math.max(quantile, studentQuantile(level, degrees) * deviation);
  });
}

const sumOf = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** The t that a variable of Student's distribution exceeds in size with probability 1 − level, by bisection. */
export function studentQuantile(level: number, degrees: number): number {
  let [low, high] = [0, 1];
  while (studentWithin(high, degrees) < level && high < 1e300) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-12 * high; i++) {
    const middle = (low + high) / 2;
    if (studentWithin(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return high;
}

/** P(|T| ≤ t) for whole degrees of freedom: Abramowitz & Stegun, 26.7.3 and 26.7.4. */
export function studentWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  if (degrees === 1) return (2 * angle) / Math.PI;
  let term = degrees % 2 === 1 ? cosine : 1;
  let sum = term;
  for (let j = degrees % 2 === 1 ? 3 : 2; j <= degrees - 2; j += 2) {
    term *= (cosine * cosine * (j - 1)) / j;
    sum += term;
  }
  return degrees % 2 === 1 ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
