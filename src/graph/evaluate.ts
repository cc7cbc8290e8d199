import { IcicleError } from '../core/errors.js';
import { lower } from './rewrite.js';
import {
  type Dim,
  type Graph,
  isConstant,
  isInput,
  openDim,
  type Shape,
  showShape,
  type Tensor,
  topological,
  type Value,
} from './tensor.js';

/**
 * The slow evaluator: runs a graph in float64 with plain loops. It is the oracle that every engine is held against.
 * Composites are lowered first; open axes take their length from the values that are fed.
 * @throws IcicleError if an input is missing or has another shape, or two inputs disagree about an open axis.
 */
export function evaluate(graph: Graph, feeds: Readonly<Record<string, Value>>): Record<string, Value> {
  const { outputs } = lower(graph);
  const values = new Map<Tensor, Value>();
  const axes: OpenAxes = new Map();
  const order = topological(Object.values(outputs));
  for (const node of order) {
    const tensor = node.outputs[0]!;
    if (!isInput(tensor)) continue;
    const name: string = node.attributes.name;
    const value = feeds[name];
    if (value === undefined)
      throw new IcicleError(
        `evaluate: input "${name}" is missing; feed an array of shape ${showShape(tensor.shape)}`,
      );
    bindAxes(name, tensor.shape, value.shape, axes);
    values.set(tensor, value);
  }
  for (const node of order) {
    if (isInput(node.outputs[0]!)) continue;
    if (isConstant(node.outputs[0]!)) {
      values.set(node.outputs[0]!, node.attributes);
      continue;
    }
    const inputs = node.inputs.map((x) => values.get(x)!);
    const results = node.outputs.map(({ shape }) => {
      const sizes = shape.map((dim) => lengthOf(dim, axes));
      return { shape: sizes, data: new Float64Array(sizes.reduce((a, b) => a * b, 1)) };
    });
    node.op.evaluate!(inputs, node.attributes, results);
    for (const [i, out] of node.outputs.entries()) values.set(out, results[i]!);
  }
  return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, values.get(tensor)!]));
}

/** The lengths that open axes have in one run, and the input that each comes from. */
type OpenAxes = Map<string, { readonly length: number; readonly from: string }>;

function lengthOf(dim: Dim, axes: OpenAxes): number {
  if (typeof dim === 'number') return dim;
  const { factor, name, more } = openDim(dim);
  return factor * axes.get(name)!.length + more;
}

/** Takes lengths from a value that is fed. @throws IcicleError where they are not what was expected or known */
function bindAxes(input: string, expected: Shape, given: readonly number[], axes: OpenAxes): void {
  if (given.length !== expected.length || !expected.every((dim, i) => fitsAxis(dim, given[i]!)))
    throw new IcicleError(
      `evaluate: input "${input}" is ${showShape(given)}, expected ${showShape(expected)}`,
    );
  for (const [i, dim] of expected.entries()) {
    if (typeof dim === 'number') continue;
    const { factor, name, more } = openDim(dim);
    const length = (given[i]! - more) / factor;
    const known = axes.get(name) ?? { length, from: input };
    if (known.length !== length)
      throw new IcicleError(
        `evaluate: axis "${name}" is ${known.length} in input "${known.from}" but ${length} in "${input}"; feed equal lengths`,
      );
    axes.set(name, known);
  }
}

function fitsAxis(dim: Dim, size: number): boolean {
  if (typeof dim === 'number') return size === dim;
  const { factor, more } = openDim(dim);
  return size >= more && (size - more) % factor === 0;
}
