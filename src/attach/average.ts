import { beliefs, leftOver, ridgeEvidence } from '../core/beliefs.js';
import { along, GRID, type Spectrum, spectrum } from './choose.js';
import { type Examples, meanVector } from './examples.js';
import { dot } from './inverse.js';
import { freedom, studentQuantile, studentWithin } from './trust.js';

/** A λ that is believed less than this changes no digit that is read. */
const UNHEARD = 1e-9;
/** Directions in which the examples differ by less than this share of the whole are rounding. */
const RANK = 1e-13;
/** Half widths are found to this share. */
const EXACT = 1e-6;

/** By output, the half width [K] of an interval around the values [K] that are said of a vector. */
export type Widths = (vector: Float64Array, values: Float64Array) => Float64Array;

/**
 * How far a prediction may be off where the examples do not tell λ: the half width that holds the label with the level's
 * probability under all λ of the grid together, each believed as much as the examples speak for it (Bayesian model averaging:
 * Hoeting et al. 1999, Statistical Science 14). With one λ alone it would be Student's t, as in `radii`. All λ come from one
 * eigendecomposition; a query takes O(N (D + N)), and some twenty looks at each λ's distribution.
 */
export function averagedWidths(
  examples: Examples,
  { intercept, level }: { readonly intercept: boolean; readonly level: number },
  { scale, values: eigenvalues, z }: Spectrum = spectrum(examples, intercept),
): Widths {
  const { rows, width, outputs, x, weight } = examples;
  const { target, moments, level: middle } = along(examples, intercept, z);
  const directions = Array.from(eigenvalues.keys()).filter((j) => eigenvalues[j]! > RANK * scale);
  const squares = directions.map((j) => eigenvalues[j]!);
  const mean = intercept ? meanVector(examples) : new Float64Array(width);
  const total = weight.reduce((a, b) => a + b, 0);
  const { worth, degrees } = freedom(weight, intercept);
  const quantile = studentQuantile(level, degrees);
  const lambdas = GRID.map((share) => share * scale);

  /** By output and λ: how far labels lie from predictions over the root of their growth, and how much this λ is believed. */
  const believed = Array.from({ length: outputs }, (_, k) => {
    const all = target.reduce((sum, t, at) => sum + (at % outputs === k ? t * t : 0), 0);
    const parts = directions.map((j) => (moments[j * outputs + k]! / Math.sqrt(eigenvalues[j]!)) ** 2);
    const own = { squares, parts, rest: Math.max(0, all - parts.reduce((a, b) => a + b, 0)) };
    return {
      deviation: lambdas.map((lambda) =>
        Math.sqrt(leftOver(own, lambda) / lambda / (total * (degrees / worth))),
      ),
      share: beliefs(lambdas.map((lambda) => ridgeEvidence(own, lambda, degrees))),
    };
  });

  return (vector, values) => {
    const from = vector.map((value, j) => value - mean[j]!);
    const inner = Float64Array.from({ length: rows }, (_, i) => {
      const own = x.subarray(i * width, (i + 1) * width);
      let sum = 0;
      for (let j = 0; j < width; j++) sum += (own[j]! - mean[j]!) * from[j]!;
      return Math.sqrt(weight[i]!) * sum;
    });
    const coordinates = directions.map((j) => {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += z[i * eigenvalues.length + j]! * inner[i]!;
      return sum / eigenvalues[j]!;
    });
    const outside = Math.max(0, dot(from, from) - coordinates.reduce((sum, c) => sum + c * c, 0));
    const answers = lambdas.map((lambda) => {
      const said = Float64Array.from(middle);
      let growth = outside + lambda * (1 + (intercept ? 1 / total : 0));
      directions.forEach((j, d) => {
        const shrunk = coordinates[d]! / (squares[d]! + lambda);
        growth += lambda * shrunk * coordinates[d]!;
        for (let k = 0; k < outputs; k++) said[k]! += shrunk * moments[j * outputs + k]!;
      });
      return { said, growth };
    });
    return values.map((value, k) => {
      const { deviation, share } = believed[k]!;
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
  while (high - low > EXACT * high) {
    const half = (low + high) / 2;
    if (holds(half) < level) low = half;
    else high = half;
  }
  return high;
}
