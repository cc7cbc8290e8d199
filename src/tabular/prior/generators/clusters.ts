import { z } from 'zod';
import type { Random } from '../../../core/random.js';
import { floats, integers, list } from '../arrays.js';
import { numeric } from '../column.js';
import { standardise } from '../columns/standardise.js';
import { between, chance, dirichlet, logBetween, logInteger, normals, partOf } from '../draws.js';
import { logRange, range, share, wholeRange } from '../options.js';
import type { Generate } from './generator.js';

export const clustersSpec = z
  .strictObject({
    /** Clusters of a class. */
    clusters: wholeRange(1, 3, 1, 100),
    /** r, dimensions along which rows of a cluster vary most. */
    rank: wholeRange(1, 12, 1, 1000),
    /** The variance along dimension j of these is ∝ j^−decay. */
    decay: range(0, 2, 0),
    /** Distance of centres along each of their dimensions, in standard deviations within a cluster. */
    separation: logRange(0.5, 5),
    /** Standard deviation of what is left outside the r dimensions, relative to within them. */
    rest: logRange(0.03, 1),
    /** Share of the tables whose clusters vary along dimensions of their own. */
    own: share(0.3),
    /** Share of the tables whose rows are scaled to length 1 around a common direction, as embeddings of texts are. */
    normalised: share(0.4),
    /** Concentration of the shares of clusters. */
    balance: logRange(1, 50),
  })
  .prefault({});

export type ClustersSpec = z.output<typeof clustersSpec>;

/**
 * Clusters with low-rank anisotropic covariance, as the vectors of a frozen encoder have it: few dimensions carry most of the
 * variance, classes lie partly along the same ones, and all rows share a direction. A number is a linear function of a row's
 * place in these dimensions, and of its cluster.
 */
export const clusters: Generate<ClustersSpec> = (shape, spec, stream) => {
  const { rows, columns, outputs, classes } = shape;
  const groups = classes ?? logInteger([1, 6], stream);
  const count = groups * logInteger(spec.clusters, stream);
  const rank = Math.min(columns, logInteger(spec.rank, stream));
  const separation = logBetween(spec.separation, stream);
  const shares = dirichlet(count, logBetween(spec.balance, stream), stream);
  const cluster = integers(rows, () => partOf(shares, stream.uniform()));
  const places = drawPlaces(cluster, count, rank, separation, spec, stream);
  const found = spreadOut(places, columns, logBetween(spec.rest, stream), stream);
  const normalised = columns >= 4 && chance(spec.normalised, stream);
  if (normalised) toLengthOne(found, stream);
  for (const column of found) standardise(column);
  const drawn = { clusters: count, rank, separation, normalised: normalised ? 'yes' : 'no' };
  if (classes !== undefined) {
    const codes = integers(rows, (i) => cluster[i]! % classes);
    return { columns: found.map(numeric), latents: [], codes, drawn };
  }
  const latents = list(outputs, () => {
    const effects = normals(count, stream).map((value) => value * 0.5 * separation);
    const latent = floats(rows, (i) => effects[cluster[i]!]!);
    for (const place of places) {
      const w = stream.normal() / Math.sqrt(rank);
      for (let i = 0; i < rows; i++) latent[i]! += w * place[i]!;
    }
    standardise(latent);
    return latent;
  });
  return { columns: found.map(numeric), latents, drawn };
};

/** Where each row lies along the dimensions that vary most, [r][R]: its cluster's centre and a normal draw. */
function drawPlaces(
  cluster: Int32Array,
  count: number,
  rank: number,
  separation: number,
  spec: ClustersSpec,
  stream: Random,
): Float64Array[] {
  const decay = between(spec.decay, stream);
  const own = chance(spec.own, stream);
  return list(rank, (j) => {
    const scale = (j + 1) ** (-decay / 2);
    const centres = normals(count, stream).map((value) => value * separation * Math.sqrt(scale));
    const scales = floats(count, () => (own ? scale * Math.exp(0.7 * stream.normal()) : scale));
    return floats(cluster.length, (i) => centres[cluster[i]!]! + scales[cluster[i]!]! * stream.normal());
  });
}

/** Columns, [C][R]: random mixtures of the places, and noise of their own. */
function spreadOut(
  places: readonly Float64Array[],
  columns: number,
  rest: number,
  stream: Random,
): Float64Array[] {
  const rows = places[0]!.length;
  return list(columns, () => {
    const column = normals(rows, stream);
    for (let i = 0; i < rows; i++) column[i]! *= rest;
    for (const place of places) {
      const loading = stream.normal();
      for (let i = 0; i < rows; i++) column[i]! += loading * place[i]!;
    }
    return column;
  });
}

/** Adds a direction that all rows share and scales every row to length 1, in place. */
function toLengthOne(columns: readonly Float64Array[], stream: Random): void {
  const rows = columns[0]!.length;
  const squares = new Float64Array(rows);
  const offset = logBetween([0.3, 5], stream);
  for (const column of columns) {
    const shift = offset * stream.normal();
    for (let i = 0; i < rows; i++) {
      column[i]! += shift;
      squares[i]! += column[i]! ** 2;
    }
  }
  for (const column of columns) for (let i = 0; i < rows; i++) column[i]! /= Math.sqrt(squares[i]! + 1e-12);
}
