import { IcicleError } from '../core/errors.js';
import { add, zerosLike } from './ops/index.js';
import { constant, type Tensor, topological } from './tensor.js';

/**
 * Reverse-mode gradients of a scalar with respect to tensors: new tensors of the same graph, one for each of `of`.
 * Each op contributes by its own rule; a tensor that the scalar does not depend on gets zeros.
 * @throws IcicleError if `scalar` has axes, or an op on the way has no rule.
 */
export function gradients(scalar: Tensor, of: readonly Tensor[]): Tensor[] {
  if (scalar.shape.length > 0)
    throw new IcicleError(`gradients: the loss must be a scalar, got axes [${scalar.shape}]`);
  const total = new Map<Tensor, Tensor>([[scalar, constant(1)]]);
  const order = topological([scalar]);
  const wanted = new Set(of.map((tensor) => tensor.node));
  const needed = new Set<unknown>();
  for (const node of order)
    if (wanted.has(node) || node.inputs.some((x) => needed.has(x.node))) needed.add(node);

  for (const node of order.reverse()) {
    const outputGradients = node.outputs.map((out) => total.get(out));
    if (!node.inputs.some((x) => needed.has(x.node)) || outputGradients.every((d) => d === undefined))
      continue;
    if (node.op.gradient === undefined)
      throw new IcicleError(`gradients: ${node.op.name} has no gradient rule`);
    node.op.gradient(node, outputGradients).forEach((d, i) => {
      const x = node.inputs[i]!;
      if (d === undefined || !needed.has(x.node)) return;
      const before = total.get(x);
      total.set(x, before === undefined ? d : add(before, d));
    });
  }
  return of.map((tensor) => total.get(tensor) ?? zerosLike(tensor));
}
