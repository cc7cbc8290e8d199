import { random } from '../core/random.js';
import type { Examples } from './examples.js';

/** Examples of random linear tasks with noise, and queries of the same: what the tests of this room are made of. */
export function drawn(
  {
    rows,
    width,
    outputs = 1,
    noise = 0.3,
    queries = 5,
  }: Partial<Examples> & {
    rows: number;
    width: number;
    noise?: number;
    queries?: number;
  },
  seed: number,
) {
  const stream = random(seed, 'attach', rows, width);
  const normal = (length: number) => Float64Array.from({ length }, stream.normal);
  const tasks = Array.from({ length: outputs }, () => normal(width).map((value) => value / Math.sqrt(width)));
  const vectors = Array.from({ length: rows + queries }, () =>
    normal(width).map((value, j) => value + (j % 3)),
  );
  const labels = vectors.map((x) =>
    tasks.map((task) => 2 + task.reduce((sum, value, j) => sum + value * x[j]!, 0) + noise * stream.normal()),
  );
  return {
    vectors: vectors.slice(0, rows),
    labels: labels.slice(0, rows),
    queries: vectors.slice(rows),
    truths: labels.slice(rows),
  };
}

export function asExamples(
  vectors: readonly Float64Array[],
  labels: readonly (readonly number[])[],
): Examples {
  const [width, outputs] = [vectors[0]!.length, labels[0]!.length];
  return {
    x: Float64Array.from(vectors.flatMap((vector) => [...vector])),
    y: Float64Array.from(labels.flat()),
    weight: new Float64Array(vectors.length).fill(1),
    rows: vectors.length,
    width,
    outputs,
  };
}

/** The encoder that vectors are already through. */
export const asTheyAre = (rows: readonly Float64Array[]): readonly Float64Array[] => rows;
