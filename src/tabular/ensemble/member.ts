import type { Random } from '../../core/random.js';
import type { TableConfig } from '../../model/table/config.js';
import { classCodes, fitCells, momentsOf, type NumberCode } from '../cells/encode.js';
import { cellFeatures } from '../cells/features.js';
import { type Examples, takeColumns, takeExamples } from './examples.js';

/** How a member of an ensemble sees a table. */
export interface MemberPlan {
  /** Labelled rows, in some order. */
  readonly rows: readonly number[];
  /** Columns, in some order. */
  readonly columns: readonly number[];
  readonly numbers: NumberCode;
}

/** One member: what the network reads of the labelled rows, and how rows and answers are put. Letters as in transformer.ts. */
export interface Member {
  readonly plan: MemberPlan;
  /** N */
  readonly rows: number;
  /** C */
  readonly columns: number;
  /** [N,C,F] */
  readonly cells: Float32Array;
  /** [N,L] of classes, [N,1] of numbers. */
  readonly labels: Float32Array;
  /** Of classes: [K,L] and [N,K]. */
  readonly codes: Float32Array;
  readonly shown: Float32Array;
  /** Of numbers: what undoes their standardisation. */
  readonly mean: number;
  readonly deviation: number;
  /** Cells of other rows of the table, [A,C of the table], as the network reads them, [A,C,F]. */
  encode(rows: number, x: Float64Array): Float32Array;
}

export function fitMember(
  examples: Examples,
  plan: MemberPlan,
  { group, codes: length }: Pick<TableConfig, 'group' | 'codes'>,
  stream: Random,
): Member {
  const shown = takeColumns(takeExamples(examples, plan.rows), plan.columns);
  const encoded = fitCells(shown, stream, plan.numbers);
  const encode = (rows: number, x: Float64Array) => {
    const own = takeColumns({ ...examples, rows, x }, plan.columns);
    return cellFeatures(encoded(own), own.columns, group);
  };
  const { rows, columns } = shown;
  const common = { plan, rows, columns, cells: cellFeatures(encoded(shown), columns, group), encode };
  const { target } = shown;
  if (target.kind === 'number') {
    const { mean, deviation } = momentsOf(target.values);
    const labels = Float32Array.from(target.values, (y) => (y - mean) / deviation);
    return { ...common, labels, codes: new Float32Array(), shown: new Float32Array(), mean, deviation };
  }
  const k = target.classes;
  const codes = classCodes(k, length, stream);
  const labels = new Float32Array(shown.rows * length);
  const oneHot = new Float32Array(shown.rows * k);
  target.values.forEach((value, r) => {
    labels.set(codes.subarray(value * length, (value + 1) * length), r * length);
    oneHot[r * k + value] = 1;
  });
  return { ...common, labels, codes, shown: oneHot, mean: 0, deviation: 1 };
}
