import type { ShapedArray } from '../../core/array.js';
import type { Random } from '../../core/random.js';
import type { SyntheticTable, TableSizes } from '../prior/index.js';
import { classCodes, fitCells, momentsOf } from './encode.js';
import { cellFeatures } from './features.js';

/** Classes that a batch has room for. */
export const MOST_CLASSES = 10;
/** Where an asked number is cut off, in standard deviations of the labelled ones. */
const FARTHEST = 10;

/**
 * Tables of one layout and one kind of target as feeds of a training step: `cells` [B,R,C,F]; of classes `labels` [B,N,L], `codes` [B,K,L], `absent` [B,K], `labelled` [B,N,K], `truth` [B,A,K]; of numbers `labels` [B,N,1],
 * `truth` [B,A,1]. Letters as in transformer.ts.
 */
export function tableFeeds(
  tables: readonly SyntheticTable[],
  { rows, labelled, columns }: TableSizes,
  { codes: codeLength, group }: { readonly codes: number; readonly group: readonly number[] },
  stream: Random,
): Record<string, ShapedArray> {
  const b = tables.length;
  const cells = tables.map((table) => {
    const shown = { ...table, rows: labelled, x: table.x.subarray(0, labelled * columns) };
    return cellFeatures(fitCells(shown, stream)(table), columns, group);
  });
  const joined = (pick: (table: number) => Float32Array, ...shape: number[]): ShapedArray => {
    const size = shape.reduce((a, n) => a * n, 1);
    const data = new Float32Array(b * size);
    for (let i = 0; i < b; i++) data.set(pick(i), i * size);
    return { shape: [b, ...shape], data };
  };
  const encoded = { cells: joined((i) => cells[i]!, rows, columns, cells[0]!.length / (rows * columns)) };
  const asked = rows - labelled;
  if (tables[0]!.target.kind === 'number') {
    const numbers = tables.map(({ target }) => {
      const all = target.values as Float64Array;
      const { mean, deviation } = momentsOf(all.subarray(0, labelled));
      return Float32Array.from(all, (y) => Math.max(-FARTHEST, Math.min(FARTHEST, (y - mean) / deviation)));
    });
    return {
      ...encoded,
      labels: joined((i) => numbers[i]!.subarray(0, labelled), labelled, 1),
      truth: joined((i) => numbers[i]!.subarray(labelled), asked, 1),
    };
  }
  const k = MOST_CLASSES;
  const codes = tables.map(() => classCodes(k, codeLength, stream));
  const oneHot = tables.map(({ target }) => {
    const made = new Float32Array(rows * k);
    target.values.forEach((value, r) => {
      made[r * k + value] = 1;
    });
    return made;
  });
  return {
    ...encoded,
    labels: joined((i) => labelsOf(tables[i]!, codes[i]!, codeLength), labelled, codeLength),
    codes: joined((i) => codes[i]!, k, codeLength),
    absent: joined((i) => Float32Array.from({ length: k }, (_, c) => (c < classesOf(tables[i]!) ? 0 : 1)), k),
    labelled: joined((i) => oneHot[i]!.subarray(0, labelled * k), labelled, k),
    truth: joined((i) => oneHot[i]!.subarray(labelled * k), asked, k),
  };
}

const classesOf = ({ target }: SyntheticTable) => (target.kind === 'classes' ? target.classes : 0);

/** The code of each labelled row's class, [N,L]. */
function labelsOf({ labelled, target }: SyntheticTable, codes: Float32Array, length: number): Float32Array {
  const labels = new Float32Array(labelled * length);
  for (let r = 0; r < labelled; r++) {
    const from = target.values[r]! * length;
    labels.set(codes.subarray(from, from + length), r * length);
  }
  return labels;
}
