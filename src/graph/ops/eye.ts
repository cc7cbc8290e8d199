import { call1, type Op, type Tensor } from '../tensor.js';

const eyeLikeOp: Op = {
  name: 'EyeLike',
  infer: ([x]) => {
    if (x!.shape.length !== 2 || x!.shape[0] !== x!.shape[1]) throw 'an identity needs a square matrix';
    return [{ shape: x!.shape, dtype: 'float' }];
  },
  evaluate: (_inputs, _attributes, [out]) => {
    const n = out!.shape[0]!;
    out!.data.fill(0);
    for (let i = 0; i < n; i++) out!.data[i * n + i] = 1;
  },
  // It depends on the shape alone.
  gradient: () => [undefined],
};

/** The identity of x's shape [n,n], which may be open: where n is only known when the graph runs. */
export const eyeLike = (x: Tensor): Tensor => call1(eyeLikeOp, [x]);
