import { signature } from './signature.js';
import {
  call,
  constant,
  type Graph,
  graph,
  isConstant,
  isInput,
  type Node,
  type Shape,
  sameShape,
  scalarOf,
  type Tensor,
  topological,
} from './tensor.js';

// Passes over a graph. Each gives a new graph that computes the same numbers.

type Replace = (node: Node, inputs: readonly Tensor[]) => readonly Tensor[] | undefined;

/** Goes through the nodes, inputs first, and puts a replacement in place of each node that gets one. */
function rebuild(source: Graph, replace: Replace, visitInput: (node: Node) => void = () => {}): Graph {
  const now = new Map<Tensor, Tensor>();
  for (const node of topological(Object.values(source.outputs))) {
    if (isInput(node.outputs[0]!)) {
      visitInput(node);
      now.set(node.outputs[0]!, node.outputs[0]!);
      continue;
    }
    const inputs = node.inputs.map((x) => now.get(x)!);
    const outputs = replace(node, inputs) ?? call(node.op, inputs, node.attributes, node.label);
    for (const [i, out] of node.outputs.entries()) now.set(out, outputs[i]!);
  }
  return graph(
    Object.fromEntries(Object.entries(source.outputs).map(([name, tensor]) => [name, now.get(tensor)!])),
  );
}

/** Replaces each composite by the primitives that it stands for. */
export function lower(source: Graph): Graph {
  return rebuild(source, (node, inputs) => node.op.lower?.(inputs, node.attributes));
}

/**
 * Lowers, drops what does nothing and computes once what occurs twice: the graph that is worth running.
 * Element-wise passes over memory are what costs beside the matrix products, so each one that goes is time.
 */
export function simplify(source: Graph): Graph {
  const known = new Map<string, Node>();
  const canonical = new Map<Node, number>();
  const intern = (node: Node): readonly Tensor[] => {
    const key = signature(node, (x) => `${canonical.get(x.node)}.${x.index}`);
    const first = known.get(key) ?? node;
    if (first === node) {
      known.set(key, node);
      canonical.set(node, canonical.size);
    }
    return first.outputs;
  };
  /** The simplest known form of a node. What a rewrite puts in its place is new, and so are some of that one's inputs. */
  const settle = (node: Node): readonly Tensor[] => {
    if (canonical.has(node)) return node.outputs;
    const inputs = node.inputs.map((x) => settle(x.node)[x.index]!);
    const settled = call(node.op, inputs, node.attributes, node.label)[0]!.node;
    const less = identity(settled) ?? folded(settled);
    return less === undefined ? intern(settled) : [settle(less.node)[less.index]!];
  };
  return rebuild(
    lower(source),
    (node, inputs) => settle(call(node.op, inputs, node.attributes, node.label)[0]!.node),
    (given) => canonical.set(given, canonical.size),
  );
}

/** What a node amounts to, where that is less than the node. */
function identity({ op, attributes, inputs, outputs }: Node): Tensor | undefined {
  const [a, b] = inputs as [Tensor, Tensor];
  const shape = outputs[0]!.shape;
  const again = (x: Tensor, replaced: unknown) => call(op, [x], replaced)[0]!;
  switch (op.name) {
    case 'Reshape':
      if (sameShape(a.shape, shape)) return a;
      return a.node.op === op ? again(a.node.inputs[0]!, attributes) : undefined;
    case 'Transpose': {
      const order: number[] = attributes.order;
      if (order.every((axis, i) => axis === i)) return a;
      if (a.node.op !== op) return undefined;
      const both = order.map((axis) => a.node.attributes.order[axis] as number);
      const x = a.node.inputs[0]!;
      return both.every((axis, i) => axis === i) ? x : again(x, { order: both });
    }
    case 'Mul':
      if (scalarOf(b) === 1 && sameShape(a.shape, shape)) return a;
      if (scalarOf(a) === 1 && sameShape(b.shape, shape)) return b;
      return unexpanded(op, inputs, shape) ?? rescaled(op, a, b, shape);
    case 'MatMul':
      return unscaledOperands(op, a, b, outputs[0]!);
    case 'Add':
      if (isZero(b) && sameShape(a.shape, shape)) return a;
      if (isZero(a) && sameShape(b.shape, shape)) return b;
      return unexpanded(op, inputs, shape);
    case 'Sub':
      return isZero(b) && sameShape(a.shape, shape) ? a : unexpanded(op, inputs, shape);
    case 'Div':
      return unexpanded(op, inputs, shape);
    default:
      return undefined;
  }
}

const isZero = (x: Tensor): boolean =>
  isConstant(x) && x.node.attributes.data.every((value: number) => value === 0);

/** Binary ops broadcast by themselves: an Expand before one is a pass for nothing. */
function unexpanded(op: Node['op'], inputs: readonly Tensor[], shape: Shape): Tensor | undefined {
  const lean = inputs.map((x) => (x.node.op.name === 'Expand' ? x.node.inputs[0]! : x));
  if (lean.every((x, i) => x === inputs[i])) return undefined;
  // At least one side must still have the full shape.
  if (!lean.some((x) => sameShape(x.shape, shape))) return undefined;
  return call(op, lean)[0]!;
}

/** A product with a scalar constant that leaves the other side's shape as it is, with less work. */
function rescaled(mul: Node['op'], a: Tensor, b: Tensor, shape: Shape): Tensor | undefined {
  const [x, scale] = scalarOf(b) === undefined ? [b, scalarOf(a)] : [a, scalarOf(b)];
  if (scale === undefined || !sameShape(x.shape, shape)) return undefined;
  return scaledTwice(mul, x, scale) ?? scaledProduct(mul, x, constant(scale));
}

/** (x · c) · d = x · (c d) */
function scaledTwice(mul: Node['op'], x: Tensor, outer: number): Tensor | undefined {
  const scaled = scaledBy(x);
  return scaled && call(mul, [scaled.rest, constant(scaled.scale * outer)])[0]!;
}

/** A scalar constant times something, as the two. */
function scaledBy(x: Tensor): { scale: number; rest: Tensor } | undefined {
  if (x.node.op.name !== 'Mul') return undefined;
  const [a, b] = x.node.inputs as [Tensor, Tensor];
  const [scale, rest] = scalarOf(b) === undefined ? [scalarOf(a), b] : [scalarOf(b), a];
  return scale !== undefined && sameShape(rest.shape, x.shape) ? { scale, rest } : undefined;
}

const elements = (x: Tensor): number =>
  x.shape.reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 1024), 1);
const isLayout = (x: Tensor): boolean => x.node.op.name === 'Reshape' || x.node.op.name === 'Transpose';
/** The same view of something else. */
const under = (x: Tensor, change: (inner: Tensor) => Tensor): Tensor =>
  isLayout(x) ? call(x.node.op, [under(x.node.inputs[0]!, change)], x.node.attributes)[0]! : change(x);
const inner = (x: Tensor): Tensor => (isLayout(x) ? inner(x.node.inputs[0]!) : x);

/** c (a b) = a (c b) and c (a b + d) = a (c b) + c d: a scalar costs least on the smallest operand. */
function scaledProduct(mul: Node['op'], x: Tensor, scale: Tensor): Tensor | undefined {
  const times = (tensor: Tensor) => call(mul, [tensor, scale])[0]!;
  const [a, b] = x.node.inputs as [Tensor, Tensor];
  if (x.node.op.name === 'Add') {
    const small = elements(b) * 4 <= elements(x);
    if (!small || a.node.op.name !== 'MatMul' || !sameShape(a.shape, x.shape)) return undefined;
    const product = scaledProduct(mul, a, scale);
    return product && call(x.node.op, [product, times(b)])[0]!;
  }
  if (x.node.op.name !== 'MatMul' || elements(b) * 4 > elements(x)) return undefined;
  return call(x.node.op, [a, under(b, times)], {}, x.node.label)[0]!;
}

/** (c a) b = a (c b) = c (a b), whichever is less work. */
function unscaledOperands(matmul: Node['op'], a: Tensor, b: Tensor, out: Tensor): Tensor | undefined {
  const scaled = scaledBy(inner(a));
  if (scaled === undefined) return undefined;
  const mul = inner(a).node.op;
  const scale = constant(scaled.scale);
  const plain = under(a, () => scaled.rest);
  if (elements(b) * 4 <= elements(a))
    return call(matmul, [plain, under(b, (weight) => call(mul, [weight, scale])[0]!)])[0]!;
  if (elements(out) * 4 <= elements(a)) return call(mul, [call(matmul, [plain, b])[0]!, scale])[0]!;
  return undefined;
}

/** A node whose inputs are constants is a constant, unless it would make the file much larger. */
function folded({ op, attributes, inputs, outputs }: Node): Tensor | undefined {
  if (inputs.length === 0 || outputs.length !== 1 || !inputs.every(isConstant)) return undefined;
  const { shape, dtype } = outputs[0]!;
  if (dtype !== 'float' || !shape.every((dim): dim is number => typeof dim === 'number')) return undefined;
  const size = shape.reduce((x, y) => x * y, 1);
  if (size > 65_536) return undefined;
  const value = { shape, data: new Float64Array(size) };
  op.evaluate!(
    inputs.map((x) => x.node.attributes),
    attributes,
    [value],
  );
  return constant(value.data, value.shape);
}
