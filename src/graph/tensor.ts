import { IcicleError } from '../core/errors.js';

/**
 * A graph is made of symbolic tensors. Building one checks shapes and does no arithmetic; an engine runs it later.
 * Nothing here is mutable: a tensor is the node that computes it and the index of that node's output.
 */

/** An axis: its length, or a name for a length that is open until the graph runs (inference only). */
export type Dim = number | string;
export type Shape = readonly Dim[];
/** Real numbers are `float`: float32 in ONNX Runtime, float64 in the slow evaluator. */
export type Dtype = 'float' | 'bool';

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: Dtype;
}

export interface Tensor extends TensorType {
  readonly node: Node;
  readonly index: number;
}

// biome-ignore lint/suspicious/noExplicitAny: each op knows the type of its own attributes.
export type Attributes = any;

export interface Node {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attributes: Attributes;
  readonly outputs: readonly Tensor[];
  /** What the caller calls it: part of error messages and the node's name in the ONNX file. */
  readonly label?: string;
}

/** A tensor with numbers in it, row-major. Booleans are 0 and 1. */
export interface Value {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What is known about one operation, all in one place. */
export interface Op {
  /** The ONNX operator's name, or a name of ours for composites, inputs and constants. */
  readonly name: string;
  /** Whether inputs may be boolean. Where absent, all of them must be real numbers. */
  readonly takesBooleans?: true;
  /** Shapes and dtypes of the outputs. Throws a string that says why the inputs do not fit. */
  infer(inputs: readonly Tensor[], attributes: Attributes): TensorType[];
  /** The slow float64 meaning of a primitive. */
  evaluate?(inputs: readonly Value[], attributes: Attributes, outputs: readonly Value[]): void;
  /** A composite in terms of primitives: one tensor an output. */
  lower?(inputs: readonly Tensor[], attributes: Attributes): Tensor[];
  /** Gradients of the inputs from those of the outputs; `undefined` where there is none. */
  gradient?(node: Node, outputGradients: readonly (Tensor | undefined)[]): (Tensor | undefined)[];
  /** How a primitive stands in an ONNX file, where it is not just a node of this name. */
  readonly onnx?: OnnxForm;
}

/** What an ONNX node has besides our inputs: further inputs (integer vectors, real scalars) and attributes. */
export type OnnxForm = (node: Node) => {
  readonly extra?: readonly (readonly number[] | { readonly real: number })[];
  readonly attributes?: Readonly<
    Record<string, number | string | readonly number[] | { readonly float: number }>
  >;
};

/** Builds a node. @throws IcicleError that names the op, the shapes and the label where the inputs do not fit. */
export function call(
  op: Op,
  inputs: readonly Tensor[],
  attributes: Attributes = {},
  label?: string,
): readonly Tensor[] {
  const types = explained(label === undefined ? op.name : `${op.name} at ${label}`, inputs, () => {
    if (op.takesBooleans !== true && inputs.some(({ dtype }) => dtype === 'bool'))
      throw 'booleans are no numbers; turn them into numbers with where';
    return op.infer(inputs, attributes);
  });
  const outputs: Tensor[] = [];
  const node: Node = { op, inputs, attributes, outputs, ...(label === undefined ? {} : { label }) };
  for (const [index, type] of types.entries()) outputs.push({ ...type, node, index });
  return outputs;
}

/** Runs a check that throws a string where inputs do not fit. @throws IcicleError that says it, with their shapes */
export function explained<T>(who: string, inputs: readonly Tensor[], check: () => T): T {
  try {
    return check();
  } catch (reason) {
    if (typeof reason !== 'string') throw reason;
    throw new IcicleError(
      `${who}: ${reason} (inputs: ${inputs.map(({ shape }) => showShape(shape)).join(', ')})`,
    );
  }
}

/** Builds a node with one output. */
export function call1(
  op: Op,
  inputs: readonly Tensor[],
  attributes: Attributes = {},
  label?: string,
): Tensor {
  return call(op, inputs, attributes, label)[0]!;
}

const inputOp: Op = {
  name: 'Input',
  infer: (_inputs, attributes: { shape: Shape; dtype: Dtype }) => [attributes],
};

/** A tensor that is given when the graph runs. */
export function input(name: string, shape: Shape, dtype: Dtype = 'float'): Tensor {
  return call1(inputOp, [], { name, shape, dtype }, name);
}

const constantOp: Op = {
  name: 'Constant',
  infer: (_inputs, attributes: Value) => [{ shape: attributes.shape, dtype: 'float' }],
  evaluate: (_inputs, attributes: Value, [out]) => out!.data.set(attributes.data),
};

/** A tensor whose numbers are part of the graph. */
export function constant(data: number | ArrayLike<number>, shape: readonly number[] = []): Tensor {
  const numbers = new Float64Array(typeof data === 'number' ? [data] : data);
  const size = shape.reduce((a, b) => a * b, 1);
  if (numbers.length !== size)
    throw new IcicleError(`Constant: ${numbers.length} numbers for shape ${showShape(shape)}`);
  return call1(constantOp, [], { shape, data: numbers } satisfies Value);
}

/** A constant tensor with one number everywhere. */
export function filled(value: number, shape: readonly number[]): Tensor {
  return constant(new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(value), shape);
}

export const isInput = (tensor: Tensor): boolean => tensor.node.op === inputOp;
export const isConstant = (tensor: Tensor): boolean => tensor.node.op === constantOp;
/** The one number of a scalar constant. */
export function scalarOf(tensor: Tensor): number | undefined {
  return isConstant(tensor) && tensor.node.attributes.data.length === 1
    ? tensor.node.attributes.data[0]
    : undefined;
}

export const showShape = (shape: Shape): string => `[${shape.join(',')}]`;

/**
 * The gradient of the first output, for ops whose other outputs only serve their backward pass.
 * @throws IcicleError where another output has a gradient: the op's rule would leave it out
 */
export function onlyFirst({ op, label }: Node, [first, ...others]: readonly (Tensor | undefined)[]): Tensor {
  if (first === undefined || others.some((d) => d !== undefined))
    throw new IcicleError(
      `gradients: ${op.name}${label === undefined ? '' : ` at ${label}`} has a gradient for its first output only, ` +
        'and no second derivative; build it from elementary ops instead',
    );
  return first;
}

/** The length of an axis that must be known now. Throws a string where it is open or not there. */
export function fixed(dim: Dim | undefined, what = 'axis'): number {
  if (typeof dim !== 'number')
    throw `${what} must have a fixed length, got ${dim === undefined ? 'none' : `"${dim}"`}`;
  return dim;
}

/** `count` times the length of an axis; an open axis gets a name such as `39·episodes`. */
export function times(count: number, dim: Dim): Dim {
  if (typeof dim === 'number') return count * dim;
  const { factor, name, more } = openDim(dim);
  return showDim({ factor: count * factor, name, more: count * more });
}

/** The length of two axes behind one another; an open axis gets a name such as `rows+8`. Throws a string where both are open. */
export function plus(a: Dim, b: Dim): Dim {
  if (typeof a === 'string' && typeof b === 'string') throw `axes "${a}" and "${b}" are both open`;
  if (typeof a === 'number') return typeof b === 'number' ? a + b : plus(b, a);
  const { factor, name, more } = openDim(a);
  return showDim({ factor, name, more: more + (b as number) });
}

interface OpenDim {
  readonly factor: number;
  readonly name: string;
  readonly more: number;
}

const showDim = ({ factor, name, more }: OpenDim): string =>
  `${factor === 1 ? '' : `${factor}·`}${name}${more === 0 ? '' : `+${more}`}`;

/** An open axis as a number times a name, plus a number. */
export function openDim(dim: string): OpenDim {
  const [, factor, name, more] = /^(?:(\d+)·)?(.*?)(?:\+(\d+))?$/.exec(dim)!;
  return { factor: Number(factor ?? 1), name: name!, more: Number(more ?? 0) };
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

/** The shape that two shapes broadcast to (NumPy's rule). Throws a string where they do not. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const m = a[i - rank + a.length] ?? 1;
    const n = b[i - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) throw `shapes ${showShape(a)} and ${showShape(b)} do not broadcast`;
    return m === 1 ? n : m;
  });
}

/** All nodes that the outputs need, inputs before users. */
export function topological(outputs: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  // An explicit stack: a training step is deeper than JavaScript's call stack allows.
  const stack: { node: Node; next: number }[] = [];
  for (const output of outputs) {
    if (seen.has(output.node)) continue;
    seen.add(output.node);
    stack.push({ node: output.node, next: 0 });
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const child = top.node.inputs[top.next++]?.node;
      if (child === undefined) {
        order.push(top.node);
        stack.pop();
      } else if (!seen.has(child)) {
        seen.add(child);
        stack.push({ node: child, next: 0 });
      }
    }
  }
  return order;
}

/** A graph ready to run: what goes in, by name, and what comes out, by name. */
export interface Graph {
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/**
 * The graph that computes these outputs; its inputs are found by walking back.
 * @throws IcicleError where two inputs, or an input and an output, have the same name: ONNX has one space of names
 */
export function graph(outputs: Readonly<Record<string, Tensor>>): Graph {
  const inputs: Record<string, Tensor> = {};
  for (const node of topological(Object.values(outputs))) {
    if (node.op !== inputOp) continue;
    const name: string = node.attributes.name;
    if (Object.hasOwn(inputs, name))
      throw new IcicleError(`graph: two inputs are called "${name}"; rename one`);
    if (Object.hasOwn(outputs, name))
      throw new IcicleError(`graph: an input and an output are both called "${name}"; rename one`);
    inputs[name] = node.outputs[0]!;
  }
  return { inputs, outputs };
}
