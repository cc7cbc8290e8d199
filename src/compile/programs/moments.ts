import type { Writer } from '../program.js';
import { symmetric, times } from '../sparse.js';

/** S = XᵀX + λI, packed, and m = XᵀY of the examples so far, as blocks of every token, by products. */
export function moments(
  { x, y, block, mov, mul }: Writer,
  { inputs, examples, lambda }: { inputs: number; examples: number; lambda: number },
): { second: string; moment: string } {
  const packed = symmetric(inputs);
  const second = block('S', packed.size, packed.diagonal(lambda));
  const moment = block('m', inputs, new Array<number>(inputs).fill(0));
  const paired = block('x of the label', inputs);
  mov(paired, x, 'question');
  for (let i = 0; i < examples; i++) {
    const xi = block(`x${i}`, inputs);
    const yi = block(`y${i}`, 1);
    mov(xi, paired, i);
    mov(yi, y, i);
    mul(second, xi, xi, packed.outer(1));
    mul(moment, xi, yi, times(inputs));
  }
  return { second, moment };
}
