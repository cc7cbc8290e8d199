import type { Writer } from '../program.js';
import { symmetric, times } from '../sparse.js';
import { copies } from './examples.js';

/** S = XᵀX + λI, packed, and m = XᵀY of the examples so far, as blocks of every token, by products. */
export function moments(
  writer: Writer,
  { inputs, examples, lambda }: { inputs: number; examples: number; lambda: number },
): { second: string; moment: string } {
  const packed = symmetric(inputs);
  const second = writer.block('S', packed.size, packed.diagonal(lambda));
  const moment = writer.block('m', inputs, new Array<number>(inputs).fill(0));
  for (const { x, y } of copies(writer, { inputs, examples })) {
    writer.mul(second, x, x, packed.outer(1));
    writer.mul(moment, x, y, times(inputs));
  }
  return { second, moment };
}
