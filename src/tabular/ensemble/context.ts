import { type ShapedArray, sizeOf } from '../../core/array.js';
import type { TableConfig } from '../../model/table/config.js';
import type { ClassInputs, ContextState, TableNetwork } from '../../model/table/network.js';
import { featuresOf } from '../../model/table/parameters.js';
import type { Member } from './member.js';

/** Members of one size that the network has read at once. */
export interface ReadMembers {
  readonly members: readonly Member[];
  readonly state: ContextState;
}

/** Shows labelled rows to the network: one pass for all members, which have as many rows and columns as each other. */
export async function readMembers(
  network: TableNetwork,
  config: TableConfig,
  kind: 'classes' | 'number',
  members: readonly Member[],
): Promise<ReadMembers> {
  const { rows } = members[0]!;
  const state = await network.context(kind, {
    cells: ofCells(
      config,
      members.map(({ cells }) => cells),
      rows,
    ),
    labels: stacked(
      members.map(({ labels }) => labels),
      [rows, kind === 'classes' ? config.codes : 1],
    ),
  });
  return { members, state };
}

/** What a member says of rows. */
export interface MemberAnswers {
  /** Probabilities [A,K], or quantiles in the target's units [A,Q]. */
  readonly answers: Float64Array;
  /** How much each row leaned on the member's labelled rows, of all attention to them, [A,N]. */
  readonly leaning: Float64Array;
}

/**
 * What the members answer to rows of their own.
 * @param asked for each member encoded cells, [A,C,F]
 */
export async function askMembers(
  network: TableNetwork,
  config: TableConfig,
  kind: 'classes' | 'number',
  { members, state }: ReadMembers,
  rows: number,
  asked: readonly Float32Array[],
): Promise<MemberAnswers[]> {
  const cells = ofCells(config, asked, rows);
  const { answers, leaning } = await network.ask(
    state,
    cells,
    kind === 'classes' ? classesOf(config, members) : undefined,
  );
  const each = <T>({ data }: ShapedArray, m: number, use: (own: Float32Array | Float64Array) => T): T => {
    const size = data.length / members.length;
    return use(data.subarray(m * size, (m + 1) * size));
  };
  return members.map(({ mean, deviation, rows: n }, m) => ({
    answers: each(answers, m, (own) => Float64Array.from(own, (value) => value * deviation + mean)),
    leaning: each(leaning, m, (own) => onLabelled(own, rows, n)),
  }));
}

/** Attention without that to thinking rows. @param leaning [A,T+N] @returns [A,N], each row sums to 1 */
function onLabelled(leaning: ArrayLike<number>, rows: number, n: number): Float64Array {
  const shown = leaning.length / rows;
  const own = new Float64Array(rows * n);
  for (let r = 0; r < rows; r++) {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += leaning[(r + 1) * shown - n + i]!;
    for (let i = 0; i < n; i++) own[r * n + i] = leaning[(r + 1) * shown - n + i]! / sum;
  }
  return own;
}

function classesOf({ codes: length }: TableConfig, members: readonly Member[]): ClassInputs {
  const k = members[0]!.codes.length / length;
  return {
    codes: stacked(
      members.map(({ codes }) => codes),
      [k, length],
    ),
    labelled: stacked(
      members.map(({ shown }) => shown),
      [members[0]!.rows, k],
    ),
  };
}

/** Encoded cells of as many rows each, [B,rows,C,F]. */
function ofCells(config: TableConfig, parts: readonly Float32Array[], rows: number): ShapedArray {
  const features = featuresOf(config);
  return stacked(parts, [rows, parts[0]!.length / (rows * features), features]);
}

function stacked(parts: readonly Float32Array[], shape: readonly number[]): ShapedArray {
  const size = sizeOf(shape);
  const data = new Float32Array(parts.length * size);
  for (const [i, part] of parts.entries()) data.set(part, i * size);
  return { shape: [parts.length, ...shape], data };
}
