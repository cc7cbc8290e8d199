import { along, GRID, spectrum } from './choose.js';
import { type Examples, meanVector } from './examples.js';
import { dot } from './inverse.js';
import { freedom, softmax, studentQuantile, studentWithin } from './trust.js';

/** A λ that is believed less than this changes no digit that is read. */
const UNHEARD = 1e-9;
/** Directions in which the examples differ by less than this share of the whole are rounding. */
const RANK = 1e-13;

/**
 * Whether there are enough examples for errors of left-out ones to be believed of the λ that was chosen by them: twice as many as
 * their quantile needs (18 at 90 %), and twice as many as dimensions. With about as many examples as dimensions, some λ among
 * many leaves out each example well by chance.
 */
export function tellsLambda({ weight, width }: Examples, level: number): boolean {
  const half = weight.reduce((a, b) => a + b, 0) / 2;
  return half >= level * (half + 1) * (1 - 1e-12) && half >= width + 1;
}

/**
 * How far a prediction may be off where the examples do not tell λ: by output, the half width [K] that holds the label with the
 * level's probability under all λ of the grid together, each believed as much as the examples speak for it (Bayesian model
 * averaging: Hoeting et al. 1999, Statistical Science 14; the evidence of a λ, the noise's variance integrated out: Rasmussen and
 * Williams, Gaussian Processes for Machine Learning, eq. 2.30). With one λ alone it would be Student's t, as in `radii`. All λ from
 * one eigendecomposition; a query takes O(N (D + N)).
 */
export function averagedWidths(
  examples: Examples,
  { intercept, level }: { readonly intercept: boolean; readonly level: number },
): (vector: Float64Array, values: Float64Array) => Float64Array {
  const { rows, width, outputs, x, weight } = examples;
  const { scale, values: all, z } = spectrum(examples, intercept);
  const { target, moments, level: middle } = along(examples, intercept, z);
  const directions = Array.from(all.keys()).filter((j) => all[j]! > RANK * scale);
  const mean = intercept ? meanVector(examples) : new Float64Array(width);
  const total = weight.reduce((a, b) => a + b, 0);
  const { worth, degrees } = freedom(weight, intercept);
  const dimensions = rows - (intercept ? 1 : 0);
  const quantile = studentQuantile(level, degrees);

  /** By output and λ: how far labels lie from predictions over the root of their growth, and how much this λ is believed. */
  const beliefs = Array.from({ length: outputs }, (_, k) => {
    const squares = target.reduce((sum, t, at) => sum + (at % outputs === k ? t * t : 0), 0);
    const parts = directions.map((j) => (moments[j * outputs + k]! / Math.sqrt(all[j]!)) ** 2);
    const rest = Math.max(0, squares - parts.reduce((a, b) => a + b, 0));
    // yᵀα of the dual solution, by λ.
    const left = GRID.map((share) => {
      const lambda = share * scale;
      return parts.reduce((sum, part, d) => sum + part / (all[directions[d]!]! + lambda), rest / lambda);
    });
    const evidence = Float64Array.from(GRID, (share, at) => {
      const lambda = share * scale;
      const volume = directions.reduce(
        (sum, j) => sum + Math.log1p(all[j]! / lambda),
        dimensions * Math.log(lambda),
      );
      // Where all targets are the same nothing is left of them, and every λ predicts them.
      return (-(worth / rows) * (volume + dimensions * Math.log(left[at]! || 1))) / 2;
    });
    const deviation = left.map((value) => Math.sqrt(value / (total * (degrees / worth))));
    return { deviation, share: softmax(evidence, 1) };
  });

  return (vector, values) => {
    const from = vector.map((value, j) => value - mean[j]!);
    const inner = Float64Array.from({ length: rows }, (_, i) => {
      const own = x.subarray(i * width, (i + 1) * width);
      let sum = 0;
      for (let j = 0; j < width; j++) sum += (own[j]! - mean[j]!) * from[j]!;
      return Math.sqrt(weight[i]!) * sum;
    });
    // The query's coordinates along the directions.
    const coordinates = directions.map((j) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += z[i * all.length + j]! * inner[i]!;
      return sum / all[j]!;
    });
    const outside = Math.max(0, dot(from, from) - coordinates.reduce((sum, c) => sum + c * c, 0));
    const answers = GRID.map((share) => {
      const lambda = share * scale;
      const said = Float64Array.from(middle);
      let growth = outside + lambda * (1 + (intercept ? 1 / total : 0));
      directions.forEach((j, d) => {
        const shrunk = coordinates[d]! / (all[j]! + lambda);
        growth += lambda * shrunk * coordinates[d]!;
        for (let k = 0; k < outputs; k++) said[k]! += shrunk * moments[j * outputs + k]!;
      });
      return { said, growth };
    });
    return values.map((value, k) => {
      const { deviation, share } = beliefs[k]!;
      const parts = answers
        .map(({ said, growth }, at) => ({
          off: Math.abs(said[k]! - value),
          deviation: deviation[at]! * Math.sqrt(growth),
          share: share[at]!,
        }))
        .filter((part) => part.share > UNHEARD && part.deviation > 0);
      return halfWidth(parts, { level, degrees, quantile });
    });
  };
}

interface Part {
  readonly off: number;
  readonly deviation: number;
  readonly share: number;
}

/** The half width that a mixture of Student's distributions is within with the level's probability, by bisection. */
function halfWidth(
  parts: readonly Part[],
  {
    level,
    degrees,
    quantile,
  }: { readonly level: number; readonly degrees: number; readonly quantile: number },
): number {
  const below = (edge: number) => {
    const within = studentWithin(Math.abs(edge), degrees);
    return (edge < 0 ? 1 - within : 1 + within) / 2;
  };
  const holds = (half: number) =>
    parts.reduce(
      (sum, { off, deviation, share }) =>
        sum + share * (below((half - off) / deviation) - below((-half - off) / deviation)),
      0,
    );
  let [low, high] = [
    0,
    parts.reduce((most, { off, deviation }) => Math.max(most, off + quantile * deviation), 0),
  ];
  while (high - low > 1e-9 * high) {
    const half = (low + high) / 2;
    if (holds(half) < level) low = half;
    else high = half;
  }
  return high;
}
