/**
 * Regression trees grown greedily, all nodes of a level in one pass over each input's sorted values: shared by `tree`
 * and `boost`. A work area for up to `points` examples of `inputs` inputs, laid out once and used for every prefix.
 */
export interface Grower {
  readonly inputs: number;
  /** Number of examples. */
  count: number;
  /** Inputs of the examples, [points,inputs]. */
  readonly x: Float64Array;
  /** For each input the examples in ascending order of it, [inputs,points]; equal values in order of arrival. */
  readonly sorted: Int32Array;
  readonly points: number;
  /** The node that each example lies in, [points]; its leaf, once grown. */
  readonly node: Int32Array;
  // The tree, an entry a node; the root is 0. `split` is −1 for a leaf. Children lie next to each other.
  readonly split: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly value: Float64Array;
  // Sums over the examples of a node, and of those to the left in a pass.
  readonly size: Int32Array;
  readonly sum: Float64Array;
  readonly square: Float64Array;
  readonly leftSize: Int32Array;
  readonly leftSum: Float64Array;
  readonly lastValue: Float64Array;
  readonly gain: Float64Array;
}

export interface GrowOptions {
  /** The most splits on the way to a leaf; Infinity for no limit. */
  readonly depth: number;
  /** λ of the leaves' values, Σ targets/(size + λ), and of gains. */
  readonly lambda: number;
  /** Split also where nothing is gained by it alone, as long as the targets differ. */
  readonly always: boolean;
}

/** Targets are alike, and gains equal, where they differ by less than this share of the targets' sum of squares. */
const ROUNDING = 1e-12;

export function grower(inputs: number, points: number): Grower {
  const nodes = 2 * points;
  const floats = () => new Float64Array(nodes);
  const integers = () => new Int32Array(nodes);
  return {
    inputs,
    points,
    count: 0,
    x: new Float64Array(points * inputs),
    sorted: new Int32Array(points * inputs),
    node: new Int32Array(points),
    split: integers(),
    threshold: floats(),
    left: integers(),
    value: floats(),
    size: integers(),
    sum: floats(),
    square: floats(),
    leftSize: integers(),
    leftSum: floats(),
    lastValue: floats(),
    gain: floats(),
  };
}

/** Adds an example, keeping the orders sorted. */
export function insert(g: Grower, row: Float64Array): void {
  const { x, sorted, inputs, points, count } = g;
  x.set(row, count * inputs);
  for (let j = 0; j < inputs; j++) {
    const first = j * points;
    let at = count;
    for (; at > 0 && x[sorted[first + at - 1]! * inputs + j]! > row[j]!; at--)
      sorted[first + at] = sorted[first + at - 1]!;
    sorted[first + at] = count;
  }
  g.count += 1;
}

/**
 * Grows a tree for the targets, one an example. Each node is split where that lowers the squared error most: of all
 * inputs and all midpoints between neighbouring values; of equal splits the first input and the lowest threshold win.
 */
export function grow(g: Grower, targets: Float64Array, { depth, lambda, always }: GrowOptions): void {
  const { node, split, sum, size, square, gain, count } = g;
  node.fill(0, 0, count);
  sum[0] = 0;
  square[0] = 0;
  size[0] = count;
  for (let i = 0; i < count; i++) {
    sum[0] = sum[0]! + targets[i]!;
    square[0] = square[0]! + targets[i]! ** 2;
  }
  let first = 0; // the nodes of this level: first … end − 1
  let end = 1;
  for (let level = 0; first < end; level++) {
    let open = false;
    for (let v = first; v < end; v++) {
      split[v] = -1;
      g.value[v] = sum[v]! / (size[v]! + lambda);
      const spread = square[v]! - sum[v]! ** 2 / size[v]!;
      const splits = level < depth && size[v]! > 1 && spread > ROUNDING * square[v]!;
      if (splits) open = true;
      // A gain has to be greater than this one; Infinity closes the node.
      gain[v] = !splits
        ? Number.POSITIVE_INFINITY
        : always
          ? Number.NEGATIVE_INFINITY
          : ROUNDING * square[v]!;
    }
    if (!open) return;
    for (let j = 0; j < g.inputs; j++) pass(g, targets, j, first, end, lambda);
    let next = end;
    for (let v = first; v < end; v++) {
      if (split[v] === -1) continue;
      g.left[v] = next;
      for (const child of [next, next + 1]) {
        size[child] = 0;
        sum[child] = 0;
        square[child] = 0;
      }
      next += 2;
    }
    if (next === end) return;
    for (let i = 0; i < count; i++) {
      const v = node[i]!;
      if (v < first || split[v] === -1) continue;
      const child = g.left[v]! + (g.x[i * g.inputs + split[v]!]! <= g.threshold[v]! ? 0 : 1);
      node[i] = child;
      size[child] = size[child]! + 1;
      sum[child] = sum[child]! + targets[i]!;
      square[child] = square[child]! + targets[i]! ** 2;
    }
    first = end;
    end = next;
  }
}

/** Finds better splits of the nodes first … end − 1 by input j. */
function pass(g: Grower, targets: Float64Array, j: number, first: number, end: number, lambda: number): void {
  const { x, sorted, node, inputs, points, count, sum, size, square, leftSize, leftSum, lastValue, gain } = g;
  for (let v = first; v < end; v++) {
    leftSize[v] = 0;
    leftSum[v] = 0;
  }
  for (let order = 0; order < count; order++) {
    const i = sorted[j * points + order]!;
    const v = node[i]!;
    if (v < first || gain[v] === Number.POSITIVE_INFINITY) continue;
    const value = x[i * inputs + j]!;
    if (leftSize[v]! > 0 && value > lastValue[v]!) {
      const below = leftSize[v]!;
      const low = leftSum[v]!;
      const high = sum[v]! - low;
      const now =
        (low * low) / (below + lambda) + (high * high) / (size[v]! - below + lambda) - sum[v]! * g.value[v]!;
      if (now > gain[v]! + (g.split[v] === -1 ? 0 : ROUNDING * square[v]!)) {
        gain[v] = now;
        g.split[v] = j;
        // A midpoint that rounds up to the right value would not divide.
        const middle = lastValue[v]! + (value - lastValue[v]!) / 2;
        g.threshold[v] = middle < value ? middle : lastValue[v]!;
      }
    }
    leftSize[v] = leftSize[v]! + 1;
    leftSum[v] = leftSum[v]! + targets[i]!;
    lastValue[v] = value;
  }
}

/** The value of the leaf that a query falls into. */
export function leafValue(g: Grower, query: Float64Array): number {
  let v = 0;
  while (g.split[v] !== -1) v = g.left[v]! + (query[g.split[v]!]! <= g.threshold[v]! ? 0 : 1);
  return g.value[v]!;
}
