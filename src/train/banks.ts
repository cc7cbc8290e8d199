import type { ShapedArray } from '../core/array.js';
import { sizeOf } from '../core/array.js';
import { concat, reshape, rows, split } from '../graph/ops/index.js';
import type { Tensor } from '../graph/tensor.js';
import type { Parameters } from '../model/parameters.js';

/**
 * Parameters that are updated together are kept as one array: a bank. A training step then has a few long operations
 * instead of many short ones. `flat` banks are vectors, `stacked` banks hold matrices of one shape, [G,rows,columns].
 */
export interface Bank {
  readonly name: string;
  readonly kind: 'flat' | 'stacked';
  readonly members: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly shape: readonly number[];
}

/** Blocks' matrices into stacks by shape, the rest into one vector. */
export function arrange(shapes: Readonly<Record<string, readonly number[]>>): Bank[] {
  const groups = new Map<string, { name: string; shape: readonly number[] }[]>();
  for (const [name, shape] of Object.entries(shapes)) {
    const stacked = name.startsWith('blocks.') && shape.length === 2;
    const key = stacked ? `stack-${shape.join('x')}` : 'vector';
    groups.set(key, [...(groups.get(key) ?? []), { name, shape }]);
  }
  return [...groups].map(([name, members]) => {
    const kind = name === 'vector' ? 'flat' : 'stacked';
    const size = members.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return { name, kind, members, shape: kind === 'flat' ? [size] : [members.length, ...members[0]!.shape] };
  });
}

/** The members of a bank as tensors of their own shapes. A stack is cut by rows: each piece is a matrix already. */
export function membersOf(bank: Bank, tensor: Tensor): Record<string, Tensor> {
  const sizes = bank.members.map(({ shape }) => (bank.kind === 'flat' ? sizeOf(shape) : shape[0]!));
  const whole = bank.kind === 'flat' ? tensor : rows(tensor);
  const pieces = bank.members.length === 1 ? [whole] : split(whole, sizes, 0);
  return Object.fromEntries(bank.members.map(({ name, shape }, i) => [name, reshape(pieces[i]!, shape)]));
}

/** Tensors of the members' shapes as one tensor of the bank's. */
export function bankOf(bank: Bank, tensors: Readonly<Record<string, Tensor>>): Tensor {
  const pieces = bank.members.map(({ name, shape }) =>
    bank.kind === 'flat' ? reshape(tensors[name]!, [sizeOf(shape)]) : tensors[name]!,
  );
  return reshape(concat(pieces, 0), bank.shape);
}

/** Named arrays into a bank's one array. */
export function fill(bank: Bank, parameters: Parameters): ShapedArray {
  const data = new Float32Array(sizeOf(bank.shape));
  let at = 0;
  for (const { name, shape } of bank.members) {
    data.set(parameters[name]!.data, at);
    at += sizeOf(shape);
  }
  return { shape: bank.shape, data };
}

/** A bank's array back into named arrays. */
export function empty(bank: Bank, { data }: ShapedArray): Record<string, ShapedArray> {
  let at = 0;
  return Object.fromEntries(
    bank.members.map(({ name, shape }) => [name, { shape, data: data.slice(at, (at += sizeOf(shape))) }]),
  );
}
