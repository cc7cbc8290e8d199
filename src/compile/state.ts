import type { ShapedArray } from '../core/array.js';
import type { Episodes } from '../core/episodes.js';
import type { Compiled } from './compile.js';
import { interpret } from './interpret.js';
import { given, tokensIn } from './program.js';

/** What one half of one layer wrote at a token. */
export interface Written {
  /** −1: what is there before the first layer. */
  readonly layer: number;
  readonly half: 'prompt' | 'attention' | 'MLP';
  readonly block: string;
  /** The primitives that wrote it. */
  readonly primitives: readonly string[];
  /** The rows of the residual stream that hold the block. */
  readonly rows: readonly number[];
  /** What the transformer holds there, in the units of the algorithm. */
  readonly values: readonly number[];
  /** What exact arithmetic gives. */
  readonly exact: readonly number[];
}

/** The activations that `writtenAt` reads: the residual stream after each half of each layer. */
export const stateNames = ({ layers }: Pick<Compiled, 'layers'>): string[] => [
  'embedding',
  ...layers.flatMap((_, l) => [`blocks.${l}.middle`, `blocks.${l}.residual`]),
];

/**
 * What a compiled transformer computes at one token of one episode, by the names of its rows: every block that a half of a
 * layer changed, beside the value that `interpret` gives it. Rows hold a block divided by its range.
 * @param traced the activations `stateNames`, [1,T,M], of `episodes`
 */
export function writtenAt(
  { program, layers, layout, ranges }: Compiled,
  episodes: Episodes,
  token: number,
  traced: Readonly<Record<string, ShapedArray>>,
): Written[] {
  const found = (name: string, block: string): number[] =>
    layout.rows[block]!.map((row) => traced[name]!.data[token * layout.width + row]! * ranges.blocks[block]!);
  const exactly = (values: Float64Array, block: string): number[] => {
    const { size } = program.blocks[block]!;
    return [...values.subarray(token * size, (token + 1) * size)];
  };
  const written: Written[] = [];
  let before = new Map<string, number[]>();
  const look = (slot: number, state: ReadonlyMap<string, Float64Array>): void => {
    const [layer, half] = [Math.floor(slot / 2), slot % 2];
    const now = new Map([...state].map(([block, values]) => [block, exactly(values, block)]));
    const instructions = half === 0 ? layers[layer]!.attention : layers[layer]!.mlp;
    const writers = instructions.map((i) => program.instructions[i]!);
    for (const block of new Set(writers.map(({ w }) => w))) {
      const exact = now.get(block)!;
      const values = found(`blocks.${layer}.${half === 0 ? 'middle' : 'residual'}`, block);
      if (exact.every((value, i) => value === before.get(block)![i])) continue;
      written.push({
        layer,
        half: half === 0 ? 'attention' : 'MLP',
        block,
        primitives: [...new Set(writers.filter(({ w }) => w === block).map(({ primitive }) => primitive))],
        rows: layout.rows[block]!,
        values,
        exact,
      });
    }
    before = now;
  };
  interpret(program, [], episodes).forEach((values, block) => {
    const exact = exactly(values, block);
    before.set(block, exact);
    const there = given.includes(block) || program.blocks[block]!.initial !== undefined;
    if (!there || exact.every((value) => value === 0)) return;
    const rows = layout.rows[block]!;
    written.push({
      layer: -1,
      half: 'prompt',
      block,
      primitives: [],
      rows,
      values: found('embedding', block),
      exact,
    });
  });
  interpret(program, layers, episodes, { after: look });
  return written;
}

/** The last token of a prompt, which holds its last question. */
export const lastToken = ({ program }: Pick<Compiled, 'program'>): number => tokensIn(program) - 1;
