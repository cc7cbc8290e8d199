import { type Program, program } from '../program.js';
import type { Read, Sparse } from '../raw.js';
import { identity, inner, times } from '../sparse.js';
import type { TargetName } from '../targets.js';
import { pairs } from './examples.js';
import { largestEigenvalue } from './newton.js';
import { ownProduct } from './own-product.js';

export interface LassoOptions {
  readonly inputs: number;
  readonly examples: number;
  /** α of |Xw − Y|²/(2n) + α|w|₁. */
  readonly lambda: number;
  readonly steps: number;
  /** Linear and ReLU attention sum over the examples in one layer a step; otherwise the sum is written out. */
  readonly target?: TargetName;
}

/**
 * Lasso by proximal gradient steps with momentum (FISTA: Beck and Teboulle 2009, eq. 4.1–4.3, with the momentum k/(k + 3)) from
 * w = 0, a layer a step in the targets relu and linear: attention writes z = v − Xᵀ(Xv − Y)/L, with v = w + k/(k + 3) (w − w'), w' the
 * weights before, and the MLP shrinks it by nα/L towards 0 with two ReLU units an input, w = relu(z − nα/L) − relu(−z − nα/L)
 * (Bai et al., arXiv 2306.04637, Theorem 7, with plain steps and four units). n, the number of examples so far, is a number
 * that each token's code has. L bounds the largest eigenvalue of XᵀX as in `newton`.
 *
 * ReLU is exact in the target relu, and within 0.17 · 10⁻⁶ of the range of z in the others. How far the weights are from the
 * minimum after that many steps is another matter: it falls slowly where XᵀX has small eigenvalues, as with
 * fewer examples than inputs: with 4 inputs, up to 8 examples and α = 0.1 the root mean square is 0.5, 0.4 and 0.3 after 32, 64
 * and 128 steps.
 */
export const lasso = ({ inputs, examples, lambda, steps, target }: LassoOptions): Program =>
  program({ name: 'lasso', inputs, examples, learner: `lasso:${lambda}`, approaches: true }, (writer) => {
    const { x, token, block, aff, mov, mul, relu, attend, together } = writer;
    const rate = 1 / largestEigenvalue(inputs, examples);
    const tokens = Array.from({ length: 2 * examples + 1 }, (_, at) => at);
    // At a question's token n is the number of its examples; at a label's, that with the label.
    const thresholds: Sparse = tokens.map((at) => [inputs, at, Math.ceil(at / 2) * lambda * rate]);
    const sums = target === 'linear' || target === 'relu';
    const all = identity(inputs);
    const example = pairs(writer, inputs);
    const minus = sums ? block('−1', 1, [-1]) : '';
    const own = sums ? [] : tokens.filter((at) => at % 2 === 1).map((at) => (at - 1) / 2);
    const seen = own.map((i) => {
      const copy = block(`(x${i}, y${i})`, inputs + 1);
      mov(copy, example, i);
      return copy;
    });
    let before: string | undefined;
    let w = block('w', inputs, new Array<number>(inputs).fill(0));
    for (let k = 0; k < steps; k++) {
      const momentum = k / (k + 3);
      const point = (scale: number): Read[] => [
        { block: w, matrix: identity(inputs, scale * (1 + momentum)) },
        ...(before === undefined ? [] : [{ block: before, matrix: identity(inputs, -scale * momentum) }]),
      ];
      const named = k === steps - 1 ? '' : ` of step ${k}`;
      const z = block(`(z, nα/L)${named}`, inputs + 1);
      const start = () => {
        for (const { block: from, matrix } of point(1)) aff(z, from, matrix);
        aff(z, token, thresholds);
      };
      if (sums)
        together(() => {
          start();
          for (const sign of target === 'relu' ? [1, -1] : [1])
            attend(
              z,
              { block: example, matrix: all },
              {
                query: [...point(sign), { block: minus, matrix: [[inputs, 0, sign]] }],
                key: [{ block: example, matrix: identity(inputs + 1) }],
                score: target === 'relu' ? 'positive' : 'plain',
              },
              -rate * sign,
            );
        });
      else {
        const v = block(`(v, −1)${named}`, inputs + 1);
        for (const { block: from, matrix } of point(1)) aff(v, from, matrix);
        aff(v, undefined, [], [...new Array<number>(inputs).fill(0), -1]);
        start();
        for (const [i, copy] of seen.entries()) {
          const error = block(`error ${i}${named}`, 1);
          mul(error, v, copy, inner(inputs + 1));
          mul(z, copy, error, times(inputs, -rate));
        }
      }
      before = w;
      w = block(`w${named === '' ? ' in the end' : named}`, inputs);
      relu(w, z, shrunk(inputs), [...all, ...all.map(([to, i]) => [to, inputs + i, -1] as const)]);
    }
    if (target === 'relu') return ownProduct(writer, inputs, examples, w);
    const answer = block('wᵀx', 1);
    mul(answer, w, x, inner(inputs));
    return answer;
  });

/** z − t and −z − t of (z, t) */
const shrunk = (inputs: number): Sparse =>
  [1, -1].flatMap((sign, half) =>
    identity(inputs).flatMap(([i]) => [
      [half * inputs + i, i, sign] as const,
      [half * inputs + i, inputs, -1] as const,
    ]),
  );
