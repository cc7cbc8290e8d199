import type { Sparse } from './raw.js';

// The matrices and products that algorithms are written with.

/** A product of two entries, times a number (1 where absent), that is added to an entry. */
export type Product = readonly [to: number, a: number, b: number, scale?: number];

const range = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

/** scale · I */
export const identity = (size: number, scale = 1): Sparse => range(size).map((i) => [i, i, scale]);

/** A number of channels: one more than the last that is written. */
export const height = (matrix: Sparse): number => matrix.reduce((most, [row]) => Math.max(most, row + 1), 0);

/** scale · aᵀb */
export const inner = (size: number, scale = 1): Product[] => range(size).map((i) => [0, i, i, scale]);

/** scale · a b, where one of them is a number: `a` is the vector. */
export const times = (size: number, scale = 1): Product[] => range(size).map((i) => [i, i, 0, scale]);

/** A symmetric matrix [D,D] as its upper triangle, row by row: D(D + 1)/2 numbers. */
export interface Symmetric {
  readonly size: number;
  /** Where entry (i,j) lies. */
  readonly at: (i: number, j: number) => number;
  /** value · I */
  readonly diagonal: (value: number) => number[];
  /** scale · (symmetric) · vector */
  readonly timesVector: readonly Product[];
  /** scale · A B, where that is symmetric */
  readonly matrixProduct: (scale: number) => readonly Product[];
  /** scale · a bᵀ, where that is symmetric */
  readonly outer: (scale: number) => readonly Product[];
}

export function symmetric(inputs: number): Symmetric {
  const at = (i: number, j: number): number => {
    const [row, column] = i < j ? [i, j] : [j, i];
    return row * inputs - (row * (row - 1)) / 2 + (column - row);
  };
  const size = (inputs * (inputs + 1)) / 2;
  const upper = range(inputs).flatMap((i) => range(inputs - i).map((k) => [i, i + k] as const));
  return {
    size,
    at,
    diagonal: (value) => {
      const entries = new Array<number>(size).fill(0);
      for (const i of range(inputs)) entries[at(i, i)] = value;
      return entries;
    },
    timesVector: range(inputs).flatMap((i) => range(inputs).map((j): Product => [i, at(i, j), j])),
    matrixProduct: (scale) =>
      upper.flatMap(([i, j]) => range(inputs).map((k): Product => [at(i, j), at(i, k), at(k, j), scale])),
    outer: (scale) => upper.map(([i, j]): Product => [at(i, j), i, j, scale]),
  };
}
