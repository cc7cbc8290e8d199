import type { Episodes } from '../../core/episodes.js';
import { usageError } from '../../core/errors.js';
import { interpret } from '../interpret.js';
import { type Program, tokensIn } from '../program.js';
import type { Layout } from './allocate.js';
import type { Layer } from './schedule.js';

/** How large numbers become while a program runs. */
export interface Ranges {
  /** The largest absolute value of each block, at any time. Rows hold blocks divided by it. */
  readonly blocks: Readonly<Record<string, number>>;
  /** For each layer, the least and the most of Σ(h − mean)² over the rows that its MLP reads but for N and −N. */
  readonly squares: readonly (readonly [least: number, most: number])[];
}

/**
 * Runs the program on episodes and looks. Bounds that follow from those of x, y and λ alone, by interval arithmetic, grow
 * by a factor with each example and say nothing after a few: it does not know that A⁻¹ only ever shrinks.
 */
export function measureRanges(
  program: Program,
  layers: readonly Layer[],
  layout: Layout,
  episodes: Episodes,
  progress: (share: number) => void = () => undefined,
): Ranges {
  const slots = 4 * layers.length;
  const names = Object.keys(program.blocks);
  const largest = new Map(names.map((name) => [name, 0]));
  interpret(program, layers, episodes, {
    after: (slot, state, written) => {
      progress((slot + 1) / slots);
      for (const name of slot === 0 ? names : written) {
        const values = state.get(name)!;
        largest.set(
          name,
          // Not finite once is not finite for good.
          values.reduce(
            (most, value) => (Math.abs(value) <= most || Number.isNaN(most) ? most : Math.abs(value)),
            largest.get(name)!,
          ),
        );
      }
    },
  });
  const wild = names.filter((name) => !Number.isFinite(largest.get(name)!));
  if (wild.length > 0)
    throw usageError(
      `program "${program.name}" does not stay finite: ${wild.map((name) => `"${name}"`).join(', ')} overflows or divides 0 by 0; ` +
        'use a smaller rate, fewer steps or a larger λ where it has them, tasks of smaller numbers, or add something to what it divides by',
    );
  // A block that is always zero has any range.
  const blocks = Object.fromEntries(names.map((name) => [name, largest.get(name) || 1]));

  const tokens = episodes.episodes * tokensIn(program);
  const squares = layers.map((): [number, number] => [Number.POSITIVE_INFINITY, 0]);
  // The MLP of a layer sees what attention left.
  interpret(program, layers, episodes, {
    after: (slot, state) => {
      progress((slots / 2 + slot + 1) / slots);
      if (slot % 2 === 1) return;
      const l = slot / 2;
      for (let at = 0; at < tokens; at++) {
        let [square, sum] = [0, 0];
        for (const name of layout.held[l]!) {
          const { size } = program.blocks[name]!;
          for (let i = 0; i < size; i++) {
            const h = state.get(name)![at * size + i]! / blocks[name]!;
            square += h * h;
            sum += h;
          }
        }
        square -= sum ** 2 / layout.width;
        squares[l] = [Math.min(squares[l]![0], square), Math.max(squares[l]![1], square)];
      }
    },
  });
  return { blocks, squares };
}
