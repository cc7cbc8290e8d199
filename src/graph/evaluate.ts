import { IcicleError } from '../core/errors.js';
import { lower } from './rewrite.js';
import {
  type Dim,
  type Graph,
  isInput,
  openDim,
  showShape,
  type Tensor,
  topological,
  type Value,
} from './tensor.js';

/**
 * The slow evaluator: runs a graph in float64 with plain loops. It is the oracle that every engine is held against.
 * Composites are lowered first; open axes take their length from the values that are fed.
 * @throws IcicleError if an input is missing or has another shape.
 */
export function evaluate(graph: Graph, feeds: Readonly<Record<string, Value>>): Record<string, Value> {
  const { outputs } = lower(graph);
  const values = new Map<Tensor, Value>();
  const open = new Map<string, number>();
  const length = (dim: Dim): number => {
    if (typeof dim === 'number') return dim;
    const { factor, name } = openDim(dim);
    return factor * open.get(name)!;
  };
  const order = topological(Object.values(outputs));
  for (const node of order) {
    const tensor = node.outputs[0]!;
    if (!isInput(tensor)) continue;
    const name: string = node.attributes.name;
    const value = feeds[name];
    if (value === undefined) throw new IcicleError(`evaluate: input "${name}" is missing`);
    for (const [i, dim] of tensor.shape.entries())
      if (typeof dim === 'string') open.set(dim, value.shape[i]!);
    if (tensor.shape.map(length).join() !== value.shape.join())
      throw new IcicleError(
        `evaluate: input "${name}" is ${showShape(value.shape)}, expected ${showShape(tensor.shape)}`,
      );
    values.set(tensor, value);
  }
  for (const node of order) {
    if (isInput(node.outputs[0]!)) continue;
    const inputs = node.inputs.map((x) => values.get(x)!);
    const results = node.outputs.map(({ shape }) => {
      const sizes = shape.map(length);
      return { shape: sizes, data: new Float64Array(sizes.reduce((a, b) => a * b, 1)) };
    });
    node.op.evaluate!(inputs, node.attributes, results);
    for (const [i, out] of node.outputs.entries()) values.set(out, results[i]!);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, values.get(tensor)!]));
}
