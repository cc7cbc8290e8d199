import type { Program } from '../program.js';
import { isGated, isScored, type Raw, type Read } from '../raw.js';
import { height } from '../sparse.js';
import type { Target } from '../targets.js';
import type { Ranges } from './ranges.js';
import type { Layer } from './schedule.js';
import { type Precision, type ProductUnits, productUnits, ROUNDING, SHARP_ERROR } from './units.js';

/** The numbers that an exact construction leaves open. */
export interface Scales {
  readonly precision: Precision;
  readonly product: ProductUnits;
  /** N of each layer, the pads of its LayerNorm. */
  readonly pads: readonly number[];
  /**
   * The largest error of each instruction's channels that is to be expected from one time that it runs, as a share of the
   * channel's range.
   */
  readonly errors: readonly number[];
}

/**
 * Chooses the scales of least error.
 *
 * LayerNorm divides the state by √((2N² + q)/M), where q = Σ(h − mean)² over all rows but N and −N lies between bounds that
 * were measured, and the weights behind it multiply by the same with q in their middle: what is left is a factor of at
 * most 1 ± (most − least)/(8N²), which an N of √((most − least)/(8 · digit)) makes as small as the last digit. LayerNorm
 * also subtracts the mean, with a rounding error that grows with N: units read every row less the row that holds 0, which
 * LayerNorm changed by the same.
 */
export function chooseScales(
  program: Program,
  layers: readonly Layer[],
  ranges: Ranges,
  target: Target,
  precision: Precision,
): Scales {
  const unit = ROUNDING[precision];
  const normed = target.layers.norm === 'mlp';
  const pads = ranges.squares.map(([least, most]) =>
    normed ? Math.sqrt((1 + most - least) / (8 * unit)) : 0,
  );
  const bypass = normed ? 2 * unit : 0;
  const product = productUnits(precision);
  const rectifying = target.layers.activation === 'relu' ? 0 : SHARP_ERROR;
  const errors = new Array<number>(program.instructions.length).fill(0);
  for (const { attention, mlp } of layers) {
    for (const i of attention) errors[i] = unit * condition(program.instructions[i]!, program, ranges);
    for (const i of mlp) {
      const { star } = program.instructions[i]!;
      errors[i] =
        unit + (star === '⊙' ? product.error + 2 * bypass : bypass) + (star === 'relu' ? rectifying : 0);
    }
  }
  return { precision, product, pads, errors };
}

/** How much larger than a last digit rounding becomes in attention: with the scores, which add up; solved, with Σkkᵀ/λ. */
function condition({ tokens }: Raw, program: Program, ranges: Ranges): number {
  // A softmax weight moves by at most ¼ of what its score does, which is taken beside 40.
  if (isGated(tokens)) return 11 + reach(tokens.gate, 1, ranges)[0]! / 4;
  if (!isScored(tokens)) return 1;
  const { query, key, score } = tokens;
  const channels = Math.max(0, ...[...query, ...key].map(({ matrix }) => height(matrix)));
  const most = ([first, ...others]: readonly Read[]): number[] =>
    others.reduce(
      (sum, read) => reach(read, channels, ranges).map((value, i) => value + sum[i]!),
      reach(first!, channels, ranges),
    );
  const [q, k] = [most(query), most(key)];
  if (typeof score === 'object') return 1 + (program.examples * Math.max(...k) ** 2) / score.solved;
  return 1 + q.reduce((sum, value, i) => sum + value * k[i]!, 0);
}

/** The largest value of each of an instruction's channels: of a product, that of both sides multiplied. */
export function channelRanges({ instructions, blocks }: Program, ranges: Ranges): number[][] {
  return instructions.map(({ r, s, star, out, w }) => {
    const channels = Math.max(height(out), r === undefined ? 0 : height(r.matrix));
    const own = r === undefined ? new Array<number>(blocks[w]!.size).fill(0) : reach(r, channels, ranges);
    if (star !== '⊙') return own;
    const other = reach(s!, channels, ranges);
    return own.map((value, i) => value * other[i]!);
  });
}

/** The most that each row of a matrix makes of a block. */
export function reach({ block, matrix }: Read, channels: number, { blocks }: Ranges): number[] {
  const most = new Array<number>(channels).fill(0);
  for (const [row, , value] of matrix) most[row]! += Math.abs(value) * blocks[block]!;
  return most;
}
