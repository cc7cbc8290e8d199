import { broadcastShape, call1, type Dim, explained, type Op, type Tensor } from '../tensor.js';
import { broadcastIndex } from './broadcast.js';
import { multiply, reshape, transpose } from './layout.js';
import { reduceTo } from './reduce.js';

const matmulOp: Op = {
  name: 'MatMul',
  infer: ([a, b]) => {
    if (a!.shape.length < 2 || b!.shape.length < 2) throw 'both sides must have at least two axes';
    const [m, k] = a!.shape.slice(-2);
    const [l, n] = b!.shape.slice(-2);
    if (k !== l) throw `inner axes ${k} and ${l} differ`;
    return [
      { shape: [...broadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2)), m!, n!], dtype: 'float' },
    ];
  },
  evaluate: ([a, b], _attributes, [out]) => {
    const [m, k] = a!.shape.slice(-2) as [number, number];
    const n = b!.shape.at(-1)!;
    const batch = out!.shape.slice(0, -2);
    const [ia, ib] = [batchIndex(a!.shape, batch), batchIndex(b!.shape, batch)];
    const count = batch.reduce((x, y) => x * y, 1);
    const [left, right, sums] = [a!.data, b!.data, out!.data];
    sums.fill(0);
    for (let e = 0; e < count; e++) {
      const [fromA, fromB] = [ia(e) * m * k, ib(e) * k * n];
      for (let i = 0; i < m; i++) {
        const to = (e * m + i) * n;
        for (let l = 0; l < k; l++) {
          const value = left[fromA + i * k + l]!;
          const from = fromB + l * n;
          for (let j = 0; j < n; j++) sums[to + j] = sums[to + j]! + value * right[from + j]!;
        }
      }
    }
  },
  // y = a b:  da = dy bᵀ, db = aᵀ dy. A plain matrix on the right is one product over all rows of a.
  gradient: (node, [d]) => {
    const [a, b] = node.inputs as [Tensor, Tensor];
    const da = reduceTo(matmul(d!, swapLast(b)), a.shape);
    if (b.shape.length > 2 || a.shape.length === 2) return [da, reduceTo(matmul(swapLast(a), d!), b.shape)];
    return [da, matmul(swapLast(rows(a)), rows(d!))];
  },
};

/** From a flat index into the batch axes of the product to one into an operand's. */
function batchIndex(shape: readonly number[], batch: readonly number[]): (flat: number) => number {
  const own = shape.slice(0, -2);
  const size = own.reduce((x, y) => x * y, 1);
  return broadcastIndex({ shape: own, data: new Float64Array(size) }, batch);
}

/** All axes but the last as one: [..., M] → [rows,M]. @throws IcicleError where more than one of them is open */
export function rows(x: Tensor): Tensor {
  const shape = explained('rows', [x], () => {
    if (x.shape.length === 0) throw 'a scalar has no axes';
    return [x.shape.slice(0, -1).reduce<Dim>((product, dim) => multiply(product, dim), 1), x.shape.at(-1)!];
  });
  return reshape(x, shape);
}

/** The last two axes exchanged: [..., m, n] → [..., n, m]. */
export function swapLast(x: Tensor): Tensor {
  const order = x.shape.map((_, i) => i);
  return transpose(x, [...order.slice(0, -2), order.length - 1, order.length - 2]);
}

/** Matrix product, [..., m, k] and [..., k, n] → [..., m, n]; the axes before the last two broadcast. */
export const matmul = (a: Tensor, b: Tensor, label?: string): Tensor => call1(matmulOp, [a, b], {}, label);
