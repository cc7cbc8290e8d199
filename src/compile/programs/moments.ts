import type { Writer } from '../program.js';
import { identity, symmetric, times } from '../sparse.js';
import { copies, pairedInputs } from './examples.js';

interface MomentsOptions {
  readonly inputs: number;
  readonly examples: number;
  readonly lambda: number;
}

interface Moments {
  readonly second: string;
  readonly moment: string;
}

/** S = XᵀX + λI, packed, and m = XᵀY of the examples so far, as blocks of every token, by products. */
export function moments(writer: Writer, { inputs, examples, lambda }: MomentsOptions): Moments {
  const packed = symmetric(inputs);
  const second = writer.block('S', packed.size, packed.diagonal(lambda));
  const moment = writer.block('m', inputs, new Array<number>(inputs).fill(0));
  for (const { x, y } of copies(writer, { inputs, examples })) {
    writer.mul(second, x, x, packed.outer(1));
    writer.mul(moment, x, y, times(inputs));
  }
  return { second, moment };
}

/** The same by linear attention: each label's token makes its example's products, and one layer adds up those that came before. */
export function summedMoments(writer: Writer, { inputs, lambda }: MomentsOptions): Moments {
  const { y, block, mul, attend } = writer;
  const packed = symmetric(inputs);
  const x = pairedInputs(writer, inputs);
  const own = { second: block('xxᵀ', packed.size), moment: block('xy', inputs) };
  mul(own.second, x, x, packed.outer(1));
  mul(own.moment, x, y, times(inputs));
  const second = block('S', packed.size, packed.diagonal(lambda));
  const moment = block('m', inputs);
  const one = { block: block('1', 1, [1]), matrix: identity(1) };
  const all = { query: [one], key: [one], score: 'plain' } as const;
  attend(second, { block: own.second, matrix: identity(packed.size) }, all);
  attend(moment, { block: own.moment, matrix: identity(inputs) }, all);
  return { second, moment };
}
