import { type Program, program } from '../program.js';
import { inner, symmetric, times } from '../sparse.js';
import type { RidgeOptions } from './ridge.js';

export interface NewtonOptions extends RidgeOptions {
  /** Iterations. Default: enough for any prompt whose largest eigenvalue is below `largest`. */
  readonly steps?: number;
  /** A bound of the largest eigenvalue of XᵀX. Default `largestEigenvalue`. */
  readonly largest?: number;
}

/** (√D + √n + 3)², which the largest eigenvalue of XᵀX exceeds once in about a thousand prompts of x ~ N(0, I). */
export const largestEigenvalue = (inputs: number, examples: number): number =>
  (Math.sqrt(inputs) + Math.sqrt(examples) + 3) ** 2;

/** The error I − MS is to fall to this share. */
const SMALL = 1e-13;

/**
 * Ridge regression by Newton's iteration for the inverse of S = XᵀX + λI (Schulz 1933; Fu et al., arXiv 2310.17086, §2):
 * M' = 2M − MSM from M = αI. Computed through the error R = I − MS, which squares with each iteration, and w = MΣxy:
 * w' = w + Rw, R' = R². Numbers stay below 1, R stays symmetric, and an iteration is one layer.
 */
export const newton = ({
  inputs,
  examples,
  lambda,
  largest = largestEigenvalue(inputs, examples),
  ...rest
}: NewtonOptions): Program => {
  const start = 1 / (largest + lambda); // α
  // (1 − αλ)^(2^k) ≤ SMALL
  const { steps = Math.ceil(Math.log2(Math.log(SMALL) / Math.log1p(-start * lambda))) } = rest;
  return program(
    { name: 'newton', inputs, examples, learner: `ridge:${lambda}` },
    ({ x, y, block, mov, mul }) => {
      const packed = symmetric(inputs);
      const w = block('w', inputs, new Array<number>(inputs).fill(0));
      const paired = block('x of the label', inputs);
      mov(paired, x, 'question');
      let error = block('I − MS', packed.size, packed.diagonal(1 - start * lambda));
      for (let i = 0; i < examples; i++) {
        const xi = block(`x${i}`, inputs);
        const yi = block(`y${i}`, 1);
        mov(xi, paired, i);
        mov(yi, y, i);
        mul(error, xi, xi, packed.outer(-start));
        mul(w, xi, yi, times(inputs, start));
      }
      for (let k = 0; k < steps; k++) {
        const last = error;
        if (k < steps - 1) {
          error = block(`(I − MS) of step ${k + 1}`, packed.size);
          mul(error, last, last, packed.matrixProduct(1));
        }
        mul(w, last, w, packed.timesVector);
      }
      const answer = block('wᵀx', 1);
      mul(answer, w, x, inner(inputs));
      return answer;
    },
  );
};
