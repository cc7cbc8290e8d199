import type { Episodes, Learner } from '../core/episodes.js';
import { coefficients, designRow } from './rows.js';
import { textbook } from './textbook.js';
import { backward, dot, restart, rotateIn, triangle } from './triangle.js';

export interface OlsOptions {
  /** Also fit a constant, which counts for nothing in the norm. Default false. */
  readonly intercept?: boolean;
}

/**
 * An example adds a direction where the part of its input outside the span of the earlier ones is longer than this
 * share of it. It plays the role of `rcond` in a pseudoinverse.
 */
export const RANK_TOLERANCE = 1e-10;

/**
 * Ordinary least squares of minimum norm, w = X⁺ Y, for every prefix: interpolates while there are fewer independent
 * examples than inputs. An orthonormal basis of the span of the inputs grows by twice-repeated Gram–Schmidt, and the
 * triangle of the examples' coordinates in it by rotations, O(D²) an example; no rank is assumed.
 */
export function ols(options: OlsOptions = {}): Learner {
  const { intercept = false } = options;
  return textbook(intercept ? 'ols:intercept' : 'ols', (episodes) => predictOls(episodes, intercept));
}

function predictOls(episodes: Episodes, intercept: boolean): Float64Array {
  const { y, points } = episodes;
  const values = new Float64Array(episodes.episodes * points);
  const size = coefficients(episodes, intercept);
  const t = triangle(size);
  const span = basis(size);
  const row = new Float64Array(size);
  const w = new Float64Array(size); // in coordinates of the basis
  for (let e = 0; e < episodes.episodes; e++) {
    restart(t);
    span.rank = 0;
    for (let k = 0; k < points; k++) {
      designRow(episodes, e, k, intercept, row);
      const outside = project(span, row);
      if (k > 0) {
        backward(t, t.z, w, span.rank);
        values[e * points + k] = dot(span.coordinates, w, span.rank);
      }
      if (k === points - 1) break;
      extend(span, outside);
      rotateIn(t, span.coordinates, y[e * points + k]!, span.rank);
    }
  }
  return values;
}

/** An orthonormal basis that grows: a work area. */
export interface Basis {
  readonly size: number;
  rank: number;
  /** The basis vectors, [rank,size]. */
  readonly vectors: Float64Array;
  /** Coordinates of the last projected vector in the basis, [rank]. */
  readonly coordinates: Float64Array;
  /** The part of the last projected vector outside the span, [size]. */
  readonly rest: Float64Array;
}

export function basis(size: number): Basis {
  return {
    size,
    rank: 0,
    vectors: new Float64Array(size * size),
    coordinates: new Float64Array(size),
    rest: new Float64Array(size),
  };
}

/** Splits `x` into coordinates in the span and a rest; returns the rest's length, 0 where it is below the tolerance. */
export function project(span: Basis, x: Float64Array): number {
  const { size, rank, vectors, coordinates, rest } = span;
  let length = 0;
  for (let j = 0; j < size; j++) {
    rest[j] = x[j]!;
    length += x[j]! * x[j]!;
  }
  coordinates.fill(0);
  // A second pass only matters while the basis can still grow.
  const passes = rank < size ? 2 : 1;
  for (let pass = 0; pass < passes; pass++) {
    for (let b = 0; b < rank; b++) {
      const at = b * size;
      let inner = 0;
      for (let j = 0; j < size; j++) inner += vectors[at + j]! * rest[j]!;
      coordinates[b] = coordinates[b]! + inner;
      for (let j = 0; j < size; j++) rest[j] = rest[j]! - inner * vectors[at + j]!;
    }
  }
  if (rank === size) return 0;
  const outside = Math.sqrt(dot(rest, rest));
  return outside > RANK_TOLERANCE * Math.sqrt(length) ? outside : 0;
}

/** Adds the rest of the last projected vector, of the length that `project` returned, to the basis. */
export function extend(span: Basis, outside: number): void {
  if (outside === 0) return;
  const at = span.rank * span.size;
  for (let j = 0; j < span.size; j++) span.vectors[at + j] = span.rest[j]! / outside;
  span.coordinates[span.rank] = outside;
  span.rank += 1;
}
