import { given, type Program } from '../program.js';
import { readsOf } from '../raw.js';
import type { Target } from '../targets.js';
import type { Layer } from './schedule.js';

/** Where everything lies in the residual stream. */
export interface Layout {
  /** M */
  readonly width: number;
  /** The rows of each block, entry by entry. */
  readonly rows: Readonly<Record<string, readonly number[]>>;
  /** Three rows that LayerNorm is led by: N, −N and 0. None where there is no LayerNorm. */
  readonly pads: readonly number[];
  /** Blocks that each layer's attention clears, since nobody reads them any more. */
  readonly cleared: readonly (readonly string[])[];
  /** The blocks that hold anything while each layer's MLP works. */
  readonly held: readonly (readonly string[])[];
  /** What each row holds before the first layer, such as `w[2]`; empty where nothing. */
  readonly initial: readonly string[];
  /** The same after each layer. */
  readonly names: readonly (readonly string[])[];
}

interface Life {
  readonly block: string;
  /** The slot that first writes to it; −1: it is there from the start. */
  readonly born: number;
  /** The attention that clears it. */
  readonly cleared: number;
}

/** Gives every block rows for as long as it is needed; rows are used again once their block is cleared. */
export function allocate(program: Program, layers: readonly Layer[], target: Target): Layout {
  const lives = livesOf(program, layers);
  const rows: Record<string, number[]> = {};
  const free: { row: number; from: number }[] = [];
  let next = 0;
  for (const { block, born, cleared } of lives) {
    const usable = free.filter(({ from }) => from <= born).sort((a, b) => a.row - b.row);
    rows[block] = Array.from({ length: program.blocks[block]!.size }, (_, i) => {
      const old = usable[i];
      if (old === undefined) return next++;
      free.splice(free.indexOf(old), 1);
      return old.row;
    });
    for (const row of rows[block]) free.push({ row, from: cleared });
  }
  const pads = target.layers.norm === 'mlp' ? [next++, next++, next++] : [];
  const held = layers.map((_, l) =>
    lives.filter(({ born, cleared }) => born <= 2 * l && cleared > 2 * l).map(({ block }) => block),
  );
  const namesAfter = (slot: number): string[] => {
    const names = new Array<string>(next).fill('');
    for (const [i, row] of pads.entries()) names[row] = ['N', '−N', '0'][i]!;
    for (const { block, born, cleared } of lives)
      if (born <= slot && cleared > slot)
        for (const [i, row] of rows[block]!.entries()) names[row] = entryName(program, block, i);
    return names;
  };
  return {
    width: next,
    rows,
    pads,
    cleared: layers.map((_, l) => lives.filter(({ cleared }) => cleared === 2 * l).map(({ block }) => block)),
    held,
    initial: namesAfter(-1),
    names: layers.map((_, l) => namesAfter(2 * l + 1)),
  };
}

/** `w[2]`, or the block's own name where it is one number. */
const entryName = ({ blocks }: Program, block: string, i: number): string =>
  blocks[block]!.size === 1 ? block : `${block}[${i}]`;

/** How long each block is needed, the first ones first. */
function livesOf({ blocks, instructions, output }: Program, layers: readonly Layer[]): Life[] {
  const slotOf = new Map<number, number>();
  for (const [l, { attention, mlp }] of layers.entries()) {
    for (const i of attention) slotOf.set(i, 2 * l);
    for (const i of mlp) slotOf.set(i, 2 * l + 1);
  }
  const end = 2 * layers.length;
  return Object.entries(blocks)
    .map(([block, { initial }]) => {
      const writes = instructions.flatMap(({ w }, i) => (w === block ? [slotOf.get(i)!] : []));
      const reads = instructions.flatMap((raw, i) => (readsOf(raw).includes(block) ? [slotOf.get(i)!] : []));
      const there = given.includes(block) || initial !== undefined;
      // Attention may clear what it reads itself, but not what is written in the same slot.
      const last = Math.max(-1, ...reads, ...writes.map((slot) => slot + 1));
      return {
        block,
        born: there ? -1 : Math.min(end, ...writes),
        cleared: block === output || block === 'token' ? end : last + (last % 2 === 0 ? 0 : 1),
      };
    })
    .sort((a, b) => a.born - b.born);
}
