import type { Writer } from '../program.js';

// How examples come to the tokens that learn from them.

/** One example, in two blocks of every token that sees it; zero at the others. */
export interface Example {
  readonly x: string;
  readonly y: string;
}

/** The x of its question at a label's token, zero at a question's. */
export function pairedInputs({ x, block, mov }: Writer, inputs: number): string {
  const paired = block('x of the label', inputs);
  mov(paired, x, 'question');
  return paired;
}

/** (x, y) at a label's token, zero at a question's. */
export function pairs({ x, y, block, mov, aff }: Writer, inputs: number): string {
  const pair = block('(x, y)', inputs + 1);
  mov(pair, x, 'question');
  aff(pair, y, [[inputs, 0, 1]]);
  return pair;
}

/** Every example, each in blocks of its own. */
export function copies(
  writer: Writer,
  { inputs, examples }: { inputs: number; examples: number },
): Example[] {
  const { y, block, mov } = writer;
  const paired = pairedInputs(writer, inputs);
  return Array.from({ length: examples }, (_, i) => {
    const example = { x: block(`x${i}`, inputs), y: block(`y${i}`, 1) };
    mov(example.x, paired, i);
    mov(example.y, y, i);
    return example;
  });
}
