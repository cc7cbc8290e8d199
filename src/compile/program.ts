import { IcicleError } from '../core/errors.js';
import type { FamilySpec } from '../tasks/index.js';
import type { Raw, Read, Scored, Sparse } from './raw.js';
import { identity, type Product } from './sparse.js';

/** Named numbers that every token has in its state. */
export interface Block {
  readonly size: number;
  /** What it holds before the first instruction, at every token; zeros where absent. */
  readonly initial?: readonly number[];
}

/**
 * A learning algorithm as data. Every token of a prompt runs the same instructions on a state of its own, and what examples
 * hold comes to it by attention: the question of point k so learns from the examples before it, whatever k.
 *
 * Tokens are the paper's: the question of point k holds x, the token behind it the label y. Instructions add to the block
 * that they write: one that nothing was written to yet holds its initial numbers.
 */
export interface Program {
  readonly name: string;
  /** D */
  readonly inputs: number;
  /** The most examples; a prompt has one point more. */
  readonly examples: number;
  /** The textbook learner that it computes, as `icicle compare --learners` names it. */
  readonly learner: string;
  /** Whether it only comes near to that learner, as far as its steps go. */
  readonly approaches?: true;
  /** The family of tasks that it is for and that its ranges are taken from; `linear` where absent. */
  readonly family?: FamilySpec;
  /** Whether labels are −1 and 1 only. */
  readonly signs?: true;
  readonly blocks: Readonly<Record<string, Block>>;
  readonly instructions: readonly Raw[];
  /** The block of one number that holds the prediction at a question's token. */
  readonly output: string;
}

/** What an algorithm is written with: the paper's primitives over named blocks. Each adds to the block `into`. */
export interface Writer {
  /** The inputs, [D], at a question's token; zero at a label's. */
  readonly x: string;
  /** The label, [1], at a label's token; zero at a question's. */
  readonly y: string;
  /** Which token it is, one-hot, [2 · examples + 1]. */
  readonly token: string;
  /** A new block. @returns its name */
  block(name: string, size: number, initial?: readonly number[]): string;
  /** scale · a block of the question before (at a label's token), or of an example's label token. */
  mov(into: string, from: string, at: 'question' | number, scale?: number): void;
  /** What is written inside happens at once: all of it reads what was there before. Attention alone can do that. */
  together(inside: () => void): void;
  /** into + W from + bias */
  aff(into: string, from: string | undefined, matrix: Sparse, bias?: readonly number[]): void;
  /** Sums of products of entries of two blocks: matrix products are such. */
  mul(into: string, a: string, b: string, products: readonly Product[]): void;
  /** scale · from / |by + plus| */
  div(into: string, from: string, by: string, options?: { plus?: number; scale?: number }): void;
  /** W relu(V from): what a hidden layer of ReLU units computes. */
  relu(into: string, from: string, inner: Sparse, outer: Sparse): void;
  /** scale · σ(by) · from, where by is one number and nothing is in `from` at the first token: the logistic function, by softmax. */
  gate(into: string, from: string, by: string, scale?: number): void;
  /** scale · Σ score · (matrix value), over all tokens so far. */
  attend(into: string, value: Read, scored: Scored, scale?: number): void;
}

/** Writes a program down. @param algorithm returns the block with the prediction */
export function program(
  head: Omit<Program, 'blocks' | 'instructions' | 'output'>,
  algorithm: (writer: Writer) => string,
): Program {
  const { name, inputs, examples } = head;
  const blocks: Record<string, Block> = {
    y: { size: 1 },
    x: { size: inputs },
    token: { size: 2 * examples + 1 },
  };
  const instructions: Raw[] = [];
  const sizeOf = (block: string) => blocks[block]?.size ?? 0;
  const all = (block: string): Read => ({ block, matrix: identity(sizeOf(block)) });
  let first: number | undefined; // of those that happen at once
  const write = (raw: Omit<Raw, 'r' | 's'> & Partial<Pick<Raw, 'r' | 's'>>) => {
    const together = first !== undefined && instructions.length > first;
    instructions.push({ r: undefined, s: undefined, ...raw, ...(together ? { together } : {}) });
  };
  const output = algorithm({
    x: 'x',
    y: 'y',
    token: 'token',
    together: (inside) => {
      first = instructions.length;
      inside();
      first = undefined;
    },
    block: (label, size, initial) => {
      if (blocks[label] !== undefined)
        throw new IcicleError(`program ${name}: two blocks are called "${label}"`);
      blocks[label] = { size, ...(initial === undefined ? {} : { initial }) };
      return label;
    },
    mov: (w, from, tokens, scale = 1) =>
      write({ primitive: 'mov', star: '+', tokens, r: all(from), w, out: identity(sizeOf(from), scale) }),
    aff: (w, from, matrix, bias) =>
      write({
        primitive: 'aff',
        star: '+',
        tokens: 'self',
        w,
        out: identity(sizeOf(w)),
        ...(from === undefined ? {} : { r: { block: from, matrix } }),
        ...(bias === undefined ? {} : { bias }),
      }),
    mul: (w, a, b, products) =>
      write({
        primitive: 'mul',
        star: '⊙',
        tokens: 'self',
        r: { block: a, matrix: products.map(([, i], channel) => [channel, i, 1]) },
        s: { block: b, matrix: products.map(([, , j], channel) => [channel, j, 1]) },
        w,
        out: products.map(([to, , , scale = 1], channel) => [to, channel, scale]),
      }),
    div: (w, from, by, { plus = 0, scale = 1 } = {}) =>
      write({
        primitive: 'div',
        star: '÷',
        tokens: 'self',
        r: all(from),
        s: { block: by, matrix: [[0, 0, 1]] },
        w,
        out: identity(sizeOf(from), scale),
        plus,
      }),
    relu: (w, block, matrix, out) =>
      write({ primitive: 'relu', star: 'relu', tokens: 'self', r: { block, matrix }, w, out }),
    gate: (w, from, by, scale = 1) =>
      write({
        primitive: 'gate',
        star: '+',
        tokens: { gate: { block: by, matrix: [[0, 0, 1]] } },
        r: all(from),
        w,
        out: identity(sizeOf(from), scale),
      }),
    attend: (w, value, tokens, scale = 1) =>
      write({ primitive: 'attend', star: '+', tokens, r: value, w, out: identity(sizeOf(w), scale) }),
  });
  return { ...head, blocks, instructions, output };
}

/** The blocks that hold the prompt. */
export const given: readonly string[] = ['y', 'x', 'token'];

/** Tokens of a program's longest prompt: one for each question and each label but the last. */
export const tokensIn = ({ examples }: Program): number => 2 * examples + 1;
