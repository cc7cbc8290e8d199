import { simplify } from './rewrite.js';
import { type Graph, topological } from './tensor.js';

/** Floating-point operations of all matrix products of a graph, 2·rows·inner·columns each. Open axes count as one. */
export function matmulFlops(source: Graph): number {
  let total = 0;
  for (const { op, inputs, outputs } of topological(Object.values(simplify(source).outputs))) {
    if (op.name !== 'MatMul') continue;
    const size = outputs[0]!.shape.reduce<number>(
      (product, dim) => product * (typeof dim === 'number' ? dim : 1),
      1,
    );
    total += 2 * size * (inputs[0]!.shape.at(-1) as number);
  }
  return total;
}
